/// Fixed-width little-endian fields of headers.
enum LittleEndian {
  /// The unsigned number in `width` bytes at `offset`, which must lie inside `bytes`.
  static func read(_ bytes: [UInt8], _ offset: Int, width: Int) -> UInt64 {
    var value: UInt64 = 0
    for index in (0..<width).reversed() { value = value << 8 | UInt64(bytes[offset + index]) }
    return value
  }

  static func append(_ value: UInt64, width: Int, to bytes: inout [UInt8]) {
    for index in 0..<width { bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
  }
}
