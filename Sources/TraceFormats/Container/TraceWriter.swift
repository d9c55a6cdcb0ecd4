/// Writes a recording block by block. What is complete can be read while the file grows.
package struct TraceWriter: ~Copyable {
  private var file: OutputFile
  private var packer: ZstdPacker

  /// The file is called `path.partial` until `commit()`.
  ///
  /// - Parameters:
  ///   - level: of zstd: negative ones are faster, higher ones smaller.
  ///   - keepsUnpackable: store columns that hardly pack as they are, for the speed of reading.
  package init(
    path: String, kind: TraceKind, level: Int32 = 3, keepsUnpackable: Bool = false
  ) throws(TraceError) {
    let packer = try ZstdPacker(level: level, keepsUnpackable: keepsUnpackable, path: path)
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
    let joined = Array(sections.joined())
    var ranges = [Range<Int>]()
    for section in sections {
      let start = ranges.last?.upperBound ?? 0
      ranges.append(start..<start + section.count)
    }
    let written = unsafe joined.withUnsafeBytes { memory in
      // Typed throws do not pass through the closure.
      Result { () throws(TraceError) in
        unsafe try append(
          type: type, thread: thread, count: count, firstStamp: firstStamp, memory: memory,
          ranges: ranges)
      }
    }
    try written.get()
  }

  /// The same for sections that lie in memory of the caller.
  ///
  /// - Safety: the ranges lie inside `memory`, which stays readable during the call.
  @unsafe
  package mutating func append(
    type: UInt16, thread: UInt16, count: Int, firstStamp: UInt64, memory: UnsafeRawBufferPointer,
    ranges: [Range<Int>]
  ) throws(TraceError) {
    let head = TraceBlock.head(ranges)
    let rawBytes = ranges.reduce(head.count) { $0 + $1.count }
    let fits =
      rawBytes <= TraceBlockHeader.largestPayload && ranges.count <= TraceBlock.mostSections
    let stored: [UInt8]? = unsafe head.withUnsafeBytes { head in
      var parts = unsafe [head]
      for range in ranges { unsafe parts.append(UnsafeRawBufferPointer(rebasing: memory[range])) }
      return fits ? unsafe packer.pack(parts) : nil
    }
    guard let stored else {
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
