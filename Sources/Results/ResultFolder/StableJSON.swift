public import Foundation

/// JSON that is the same, byte for byte, for equal values: keys sorted, numbers in their shortest
/// form that reads back, and a layout that depends on nothing but the content.
///
/// Layout: whatever fits into one line of 100 columns stays on one line, all else is indented by one
/// space per level. A sample is one or two lines then, and results can be compared with `diff`.
public enum StableJSON {
  public static func encode(_ value: some Encodable) throws -> Data {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Data(layOut([UInt8](try encoder.encode(value))))
  }

  public static func decode<Value: Decodable>(_ type: Value.Type, from data: Data) throws -> Value {
    try JSONDecoder().decode(type, from: data)
  }

  /// Lays out compact JSON.
  static func layOut(_ compact: [UInt8]) -> [UInt8] {
    let ends = matchingEnds(compact)
    var output = [UInt8]()
    output.reserveCapacity(compact.count + compact.count / 4)
    var depth = 0
    var index = 0
    var inString = false
    while index < compact.count {
      let byte = compact[index]
      if inString {
        output.append(byte)
        if byte == UInt8(ascii: "\\") {
          index += 1
          output.append(compact[index])
        } else if byte == UInt8(ascii: "\"") {
          inString = false
        }
      } else {
        switch byte {
        case UInt8(ascii: "\""):
          inString = true
          output.append(byte)
        case UInt8(ascii: "{"), UInt8(ascii: "["):
          let end = ends[index] ?? index
          if end - index < 100 - depth {
            output.append(contentsOf: compact[index...end])
            index = end
          } else {
            depth += 1
            output.append(byte)
            breakLine(&output, depth)
          }
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
          depth -= 1
          breakLine(&output, depth)
          output.append(byte)
        case UInt8(ascii: ","):
          output.append(byte)
          breakLine(&output, depth)
        default:
          output.append(byte)
        }
      }
      index += 1
    }
    output.append(UInt8(ascii: "\n"))
    return output
  }

  private static func breakLine(_ output: inout [UInt8], _ depth: Int) {
    output.append(UInt8(ascii: "\n"))
    output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: depth))
  }

  /// Index of the closing bracket for every opening one.
  private static func matchingEnds(_ compact: [UInt8]) -> [Int: Int] {
    var ends = [Int: Int]()
    var open = [Int]()
    var inString = false
    var index = 0
    while index < compact.count {
      switch compact[index] {
      case UInt8(ascii: "\\") where inString: index += 1
      case UInt8(ascii: "\""): inString.toggle()
      case UInt8(ascii: "{") where !inString, UInt8(ascii: "[") where !inString:
        open.append(index)
      case UInt8(ascii: "}") where !inString, UInt8(ascii: "]") where !inString:
        if let start = open.popLast() { ends[start] = index }
      default: break
      }
      index += 1
    }
    return ends
  }
}
