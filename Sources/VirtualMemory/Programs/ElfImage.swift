/// A program or library in ELF64 for x86-64, as far as loading it goes: what its header and its program
/// headers say, checked.
public struct ElfImage: Hashable, Sendable {
  /// A PT_LOAD header.
  public struct Segment: Hashable, Sendable {
    /// Where its bytes begin in the file; congruent to `address` modulo 4096.
    public var offset: UInt64
    public var address: UInt64
    public var fileBytes: UInt64
    /// At least `fileBytes`; what is more is zero.
    public var memoryBytes: UInt64
    public var rights: Protection
    public var alignment: UInt64

    /// The first page and the page behind the last.
    public var pages: Range<Int> { Int(address >> 12)..<Int((address + memoryBytes + 4095) >> 12) }
  }

  /// ET_DYN: may be loaded anywhere.
  public internal(set) var isRelocatable: Bool
  public internal(set) var entry: UInt64
  /// In ascending order of their addresses; at least one.
  public internal(set) var segments: [Segment]
  /// The path of the dynamic loader, for a program that needs one.
  public internal(set) var interpreter: String?
  /// PT_GNU_STACK asks for a stack that can be executed.
  public internal(set) var stackIsExecutable: Bool
  /// Where the program headers are in the file, and how many.
  public internal(set) var headerOffset: UInt64
  public internal(set) var headerCount: Int

  /// Pages from the first segment to the last, with what lies between.
  public var pages: Range<Int> {
    segments[0].pages.lowerBound..<segments[segments.count - 1].pages.upperBound
  }

  /// The address of the program headers once loaded, before relocation; 0 when no segment has them.
  var headerAddress: UInt64 {
    for segment in segments
    where segment.offset <= headerOffset && headerOffset < segment.offset + segment.fileBytes {
      return headerOffset - segment.offset + segment.address
    }
    return 0
  }

  /// The largest alignment of a segment, a page at least.
  var alignment: UInt64 { segments.reduce(4096) { max($0, $1.alignment) } }
}

/// Why a file is no program that can be loaded, in one line.
public struct ElfError: Error, Hashable, Sendable, CustomStringConvertible {
  public let reason: String

  init(_ reason: String) { self.reason = reason }

  public var description: String { reason }
}
