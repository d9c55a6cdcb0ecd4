/// Reads a recording block by block, growing and damaged ones too: each block is checked before
/// anything in it is believed, and the first bad one ends the reading.
package struct TraceReader: ~Copyable {
  private let file: InputFile
  private let unpacker: ZstdUnpacker
  /// The last block as it is in the file.
  private var stored: [UInt8] = []
  /// Where the next block begins, bytes.
  package private(set) var offset: UInt64

  package init(path: String, kind: TraceKind) throws(TraceError) {
    let file = try InputFile(path: path)
    let unpacker = try ZstdUnpacker(path: path)
    let bytes = try file.read(TraceFileHeader.byteCount, at: 0)
    _ = try TraceFileHeader.read(bytes, path: path, expecting: kind)
    self.file = file
    self.unpacker = unpacker
    offset = UInt64(TraceFileHeader.byteCount)
  }

  /// The next block, or nil at the end of the file.
  ///
  /// - Parameter spare: the bytes of a block that is no longer needed; large blocks come several times
  ///   faster when their memory is used again.
  /// - Throws: when the file ends inside a block or the block is damaged; what came before is sound.
  package mutating func next(
    reusing spare: consuming [UInt8] = []
  ) throws(TraceError) -> TraceBlock? {
    let head = try file.read(TraceBlockHeader.byteCount, at: offset)
    if head.isEmpty { return nil }
    guard head.count == TraceBlockHeader.byteCount else { throw cut() }
    guard let header = TraceBlockHeader(bytes: head) else {
      throw damage("no sound block begins here")
    }
    let start = offset + UInt64(TraceBlockHeader.byteCount)
    try file.read(header.storedBytes, at: start, into: &stored)
    guard stored.count == header.storedBytes else { throw cut() }
    guard Checksum.crc32(stored[...]) == header.payloadChecksum else {
      throw damage("the checksum of the block differs")
    }
    guard unpacker.unpack(stored, count: header.rawBytes, into: &spare),
      let block = TraceBlock(header: header, offset: offset, bytes: spare)
    else { throw damage("the block does not unpack to what its header says") }
    offset += UInt64(TraceBlockHeader.byteCount + header.storedBytes)
    return block
  }

  private func cut() -> TraceError { damage("the file ends inside this block") }

  private func damage(_ what: String) -> TraceError {
    TraceError(
      path: file.path, place: "offset 0x\(String(offset, radix: 16))",
      message: "\(what); expected a whole block")
  }
}

extension TraceReader {
  /// Whether a file can be read and begins like a recording of that kind.
  package static func isRecording(_ path: String, kind: TraceKind) -> Bool {
    // Nothing but a regular file is opened: a FIFO would wait for its writer.
    guard let place = try? OutputPath(path), place.exists,
      let bytes = try? InputFile(path: path).read(TraceFileHeader.byteCount, at: 0)
    else { return false }
    return (try? TraceFileHeader.read(bytes, path: path, expecting: kind)) != nil
  }
}
