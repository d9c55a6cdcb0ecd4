internal import CZlib

/// Gzip through zlib: the one compression that every browser inflates by itself.
///
/// A `Piece` is compressed alone and ends on a byte boundary (a full flush), so that pieces can be
/// dropped or put in another order and then be joined to one gzip member without compressing again.
/// Browsers refuse more than one member in a stream. The output depends on the input and on zlib's
/// version alone: no time stamp, no file name.
enum Gzip {
  /// Raw deflate blocks of some bytes, without the final block.
  struct Piece: Sendable {
    var deflated: [UInt8]
    /// CRC-32 of the bytes before compression.
    var crc: UInt
    /// Length before compression.
    var count: Int
  }

  enum Failure: Error {
    /// Not gzip, damaged or cut off.
    case damaged
    /// Inflates to more than was allowed.
    case tooLarge
  }

  /// Compresses bytes to a piece.
  static func piece(of bytes: [UInt8]) -> Piece {
    // A level of 4 costs a third of the default 6 on run-length codes and gives 6 % more bytes.
    let level: Int32 = 4
    var stream = unsafe z_stream()
    let opened = unsafe deflateInit2_(
      &stream, level, Z_DEFLATED, -MAX_WBITS, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard opened == Z_OK else { fatalError("zlib: deflateInit2 failed with \(opened)") }
    defer { unsafe deflateEnd(&stream) }
    // The bound is for a stream that ends; a flush adds an empty block of at most 6 bytes.
    let bound = unsafe deflateBound(&stream, UInt(bytes.count))
    var output = [UInt8](repeating: 0, count: Int(bound) + 64)
    var written = 0
    unsafe bytes.withUnsafeBufferPointer { input in
      unsafe output.withUnsafeMutableBufferPointer { target in
        unsafe stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
        unsafe stream.avail_in = UInt32(input.count)
        unsafe stream.next_out = target.baseAddress
        unsafe stream.avail_out = UInt32(target.count)
        let result = unsafe deflate(&stream, Z_FULL_FLUSH)
        let isDone = unsafe stream.avail_in == 0 && stream.avail_out > 0
        guard result == Z_OK || bytes.isEmpty, isDone else {
          fatalError("zlib: deflate failed with \(result)")
        }
        written = unsafe target.count - Int(stream.avail_out)
      }
    }
    output.removeSubrange(written...)
    let crc = unsafe bytes.withUnsafeBufferPointer {
      unsafe crc32(0, $0.baseAddress, UInt32($0.count))
    }
    return Piece(deflated: output, crc: crc, count: bytes.count)
  }

  /// One gzip member of the pieces' bytes in their order.
  static func join(_ pieces: [Piece]) -> [UInt8] {
    // Magic, deflate, no flags, no time, no extra flags, Unix (RFC 1952).
    var output: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]
    var crc: UInt = 0
    var count = 0
    for piece in pieces where piece.count > 0 {
      output.append(contentsOf: piece.deflated)
      crc = crc32_combine(crc, piece.crc, piece.count)
      count += piece.count
    }
    // An empty final block with fixed codes.
    output.append(contentsOf: [3, 0])
    for value in [UInt32(truncatingIfNeeded: crc), UInt32(truncatingIfNeeded: count)] {
      for shift in [0, 8, 16, 24] as [UInt32] {
        output.append(UInt8(truncatingIfNeeded: value >> shift))
      }
    }
    return output
  }

  /// The bytes of a piece.
  static func bytes(of piece: Piece) -> [UInt8] {
    guard
      let bytes = try? inflateAll(
        piece.deflated + [3, 0], windowBits: -MAX_WBITS, limit: piece.count)
    else { fatalError("zlib: a piece does not inflate to what it was made of") }
    return bytes
  }

  /// Inflates one gzip member to at most `limit` bytes.
  static func inflate(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
    try inflateAll(bytes, windowBits: MAX_WBITS + 16, limit: limit)
  }

  private static func inflateAll(
    _ bytes: [UInt8], windowBits: Int32, limit: Int
  ) throws(Failure) -> [UInt8] {
    var stream = unsafe z_stream()
    let opened = unsafe inflateInit2_(
      &stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard opened == Z_OK else { fatalError("zlib: inflateInit2 failed with \(opened)") }
    defer { unsafe inflateEnd(&stream) }
    // One byte more than allowed tells "too large" from "exactly the limit".
    var output = [UInt8](repeating: 0, count: min(limit + 1, max(4096, bytes.count * 4)))
    var written = 0
    var consumed = 0
    while true {
      let result = unsafe bytes.withUnsafeBufferPointer { input in
        unsafe output.withUnsafeMutableBufferPointer { target in
          unsafe stream.next_in = UnsafeMutablePointer(
            mutating: input.baseAddress.map { unsafe $0 + consumed })
          unsafe stream.avail_in = UInt32(input.count - consumed)
          unsafe stream.next_out = target.baseAddress.map { unsafe $0 + written }
          unsafe stream.avail_out = UInt32(target.count - written)
          let result = unsafe CZlib.inflate(&stream, Z_NO_FLUSH)
          consumed = unsafe input.count - Int(stream.avail_in)
          written = unsafe target.count - Int(stream.avail_out)
          return result
        }
      }
      if written > limit { throw .tooLarge }
      if result == Z_STREAM_END { break }
      guard result == Z_OK || result == Z_BUF_ERROR, written == output.count else { throw .damaged }
      output.append(
        contentsOf: repeatElement(0, count: min(output.count, limit + 1 - output.count)))
    }
    output.removeSubrange(written...)
    return output
  }
}
