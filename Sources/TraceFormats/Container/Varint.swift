/// LEB128: seven bits a byte, the lowest first, the high bit set on all but the last.
enum Varint {
  static func append(_ value: UInt64, to bytes: inout [UInt8]) {
    var rest = value
    while rest >= 0x80 {
      bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
      rest >>= 7
    }
    bytes.append(UInt8(truncatingIfNeeded: rest))
  }

  /// Reads the number at `index` and moves `index` behind it; nil when it does not end before `end`
  /// or does not fit in 64 bits.
  @inline(__always)
  static func read(_ bytes: Span<UInt8>, _ index: inout Int, end: Int) -> UInt64? {
    guard index < end else { return nil }
    let first = bytes[index]
    index &+= 1
    if first < 0x80 { return UInt64(first) }
    return readRest(UInt64(first & 0x7F), bytes, &index, end: end)
  }

  private static func readRest(
    _ start: UInt64, _ bytes: Span<UInt8>, _ index: inout Int, end: Int
  ) -> UInt64? {
    var value = start
    var shift: UInt64 = 7
    while index < end, shift < 64 {
      let byte = bytes[index]
      index &+= 1
      if shift == 63, byte > 1 { return nil }
      value |= UInt64(byte & 0x7F) << shift
      if byte < 0x80 { return value }
      shift += 7
    }
    return nil
  }

  /// Small numbers of either sign become small numbers: 0, -1, 1, -2, ... to 0, 1, 2, 3, ...
  @inline(__always)
  static func zigzag(_ value: Int64) -> UInt64 {
    UInt64(bitPattern: (value << 1) ^ (value >> 63))
  }

  @inline(__always)
  static func unzigzag(_ value: UInt64) -> Int64 {
    Int64(bitPattern: value >> 1) ^ -Int64(bitPattern: value & 1)
  }
}
