internal import Foundation

/// One line of JSON from heap-driver: numbers and texts by name.
struct DriverLine {
  private var numbers: [String: UInt64] = [:]
  private var texts: [String: String] = [:]

  /// Nil when the line is no flat JSON object.
  init?(_ line: some Sequence<UInt8>) {
    guard let values = try? JSONDecoder().decode([String: Value].self, from: Data(line)) else {
      return nil
    }
    for (key, value) in values {
      switch value {
      case .number(let number): numbers[key] = number
      case .text(let text): texts[key] = text
      }
    }
  }

  subscript(key: String) -> UInt64? { numbers[key] }

  func text(_ key: String) -> String? { texts[key] }

  /// The allocator's own statistics: their names have a part before a dot.
  var statistics: [String: Double] {
    numbers.filter { $0.key.contains(".") }.mapValues { Double($0) }
  }

  private enum Value: Decodable {
    case number(UInt64)
    case text(String)

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(UInt64.self) {
        self = .number(number)
      } else {
        self = .text(try container.decode(String.self))
      }
    }
  }
}
