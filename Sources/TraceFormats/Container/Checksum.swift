internal import CHardware
internal import CZlib

/// CRC-32 as in gzip: finds every damage that is shorter than 33 bits, and others with 1 - 2^-32.
enum Checksum {
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    // The pointers do not leave the closures; what reads behind them is told the count.
    unsafe bytes.withUnsafeBufferPointer { buffer in
      guard let start = buffer.baseAddress else { return 0 }
      var folded = InlineArray<16, UInt8>(repeating: 0)
      var span = folded.mutableSpan
      return unsafe span.withUnsafeMutableBufferPointer { folded in
        // zlib's own takes a quarter of a nanosecond per byte, which counts where little is packed.
        let done = unsafe framelab_crc32_fold(start, buffer.count, folded.baseAddress)
        let first = done == 0 ? 0 : unsafe crc32_z(0xffff_ffff, folded.baseAddress, 16)
        return unsafe UInt32(truncatingIfNeeded: crc32_z(first, start + done, buffer.count - done))
      }
    }
  }
}
