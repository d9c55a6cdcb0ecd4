/// Writes a recording block by block. What is complete can be read while the file grows.
package struct TraceWriter: ~Copyable {
  private var file: OutputFile
  private var packer: ZstdPacker

  /// The file is called `path.partial` until `commit()`.
  ///
  /// - Parameter level: of zstd: negative ones are faster, higher ones smaller.
  package init(path: String, kind: TraceKind, level: Int32 = 3) throws(TraceError) {
    let packer = try ZstdPacker(level: level, path: path)
    var file = try OutputFile(path: path)
    try file.append(TraceFileHeader(kind: kind, version: kind.version).bytes)
    self.packer = packer
    self.file = file
  }

  package var path: String { file.path }
  package var byteCount: UInt64 { file.byteCount }

  /// Appends one block. The sections together stay below `TraceBlockHeader.largestPayload`.
  package mutating func append(
    type: UInt16, thread: UInt16 = 0, count: Int, firstStamp: UInt64 = 0, sections: [[UInt8]]
  ) throws(TraceError) {
    let head = TraceBlock.head(sections)
    let rawBytes = sections.reduce(head.count) { $0 + $1.count }
    guard rawBytes <= TraceBlockHeader.largestPayload, sections.count <= TraceBlock.mostSections,
      let stored = packer.pack([head] + sections)
    else {
      throw TraceError(path: file.path, message: "a block of \(rawBytes) bytes cannot be packed")
    }
    let header = TraceBlockHeader(
      type: type, thread: thread, count: UInt32(clamping: count), rawBytes: rawBytes,
      stored: stored, stamp: firstStamp)
    try file.append(header.bytes + stored)
  }

  /// Gives the complete file its name.
  package consuming func commit() throws(TraceError) { try file.commit() }

  /// Removes what was written.
  package consuming func discard() { file.discard() }
}
