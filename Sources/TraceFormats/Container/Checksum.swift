internal import CZlib

/// CRC-32 as in gzip: finds every damage that is shorter than 33 bits, and others with 1 - 2^-32.
enum Checksum {
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    // The pointer does not leave the closure; zlib reads `count` bytes behind it.
    unsafe bytes.withUnsafeBufferPointer { buffer in
      UInt32(truncatingIfNeeded: unsafe crc32_z(0, buffer.baseAddress, buffer.count))
    }
  }
}
