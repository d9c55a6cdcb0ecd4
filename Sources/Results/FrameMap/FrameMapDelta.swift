/// How one sample of a plane of bytes differs from the sample before, coded so that it can be
/// applied in both directions.
///
/// A delta is a list of runs: `varint(skip) varint(length) byte`, meaning: skip so many unchanged
/// bytes, then exclusive-or so many bytes with `byte`, which is not 0. Exclusive-or is its own
/// inverse, so the same delta leads forward and back. Varints are LEB128: 7 bits a byte, the lowest
/// first, the top bit set on all but the last.
enum FrameMapDelta {
  /// The delta that turns `old` into `new`; both have the same length.
  static func encode(from old: Span<UInt8>, to new: Span<UInt8>) -> [UInt8] {
    var output = [UInt8]()
    let count = new.count
    var index = 0
    var runEnd = 0
    while index < count {
      let difference = old[index] ^ new[index]
      if difference == 0 {
        index += 1
        continue
      }
      let start = index
      repeat { index += 1 } while index < count && old[index] ^ new[index] == difference
      append(start - runEnd, to: &output)
      append(index - start, to: &output)
      output.append(difference)
      runEnd = index
    }
    return output
  }

  /// Applies a delta; false when it does not fit the plane, which is then in an undefined state.
  static func apply(_ delta: Span<UInt8>, to plane: inout [UInt8]) -> Bool {
    var cursor = 0
    var position = 0
    while cursor < delta.count {
      guard
        let skip = read(delta, &cursor), let length = read(delta, &cursor), cursor < delta.count,
        length > 0, skip <= plane.count - position, length <= plane.count - position - skip
      else { return false }
      let difference = delta[cursor]
      cursor += 1
      position += skip
      for index in position..<position + length { plane[index] ^= difference }
      position += length
    }
    return true
  }

  static func append(_ value: Int, to output: inout [UInt8]) {
    var rest = UInt64(value)
    while rest >= 0x80 {
      output.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    output.append(UInt8(rest))
  }

  /// Nil at the end of the bytes and for numbers of more than 35 bits.
  static func read(_ bytes: Span<UInt8>, _ cursor: inout Int) -> Int? {
    var value = 0
    var shift = 0
    while cursor < bytes.count, shift < 35 {
      let byte = bytes[cursor]
      cursor += 1
      value |= Int(byte & 0x7f) << shift
      if byte & 0x80 == 0 { return value }
      shift += 7
    }
    return nil
  }
}
