/// One unpacked block: its header and its sections, which are the columns of its events.
///
/// Unpacked payload: the number of sections (4 bytes), the length of each (4 bytes each), then the
/// sections one after the other.
package struct TraceBlock: Sendable {
  package var header: TraceBlockHeader
  /// Where in the file the block begins.
  package var offset: UInt64
  package var bytes: [UInt8]
  package var sections: [Range<Int>]

  /// More than any block has; bounds what a reader believes.
  static let mostSections = 16

  /// Nil when the lengths of the sections do not add up to the payload.
  init?(header: TraceBlockHeader, offset: UInt64, bytes: [UInt8]) {
    guard bytes.count >= 4 else { return nil }
    let count = Int(LittleEndian.read(bytes, 0, width: 4))
    guard count <= Self.mostSections, bytes.count >= 4 + 4 * count else { return nil }
    var sections = [Range<Int>]()
    var start = 4 + 4 * count
    for index in 0..<count {
      let length = Int(LittleEndian.read(bytes, 4 + 4 * index, width: 4))
      guard length <= bytes.count - start else { return nil }
      sections.append(start..<start + length)
      start += length
    }
    guard start == bytes.count else { return nil }
    self.header = header
    self.offset = offset
    self.bytes = bytes
    self.sections = sections
  }

  /// The head of the payload for sections of these lengths.
  static func head(_ sections: [Range<Int>]) -> [UInt8] {
    var head = [UInt8]()
    LittleEndian.append(UInt64(sections.count), width: 4, to: &head)
    for section in sections { LittleEndian.append(UInt64(section.count), width: 4, to: &head) }
    return head
  }

  package var place: String { "offset 0x\(String(offset, radix: 16))" }
}
