internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Page tables that fill as pages are first touched: tables and pages take frames from a buddy system,
/// and every page is a user's, readable, writable and executable. It stands in for the faults of a
/// whole machine where only the translation is of interest.
struct DemandTables: ~Copyable {
  var contents: FrameContents
  private var allocator: ListBuddy<NoObserver>
  let root: FrameNumber
  private let levels: Int
  private let pageSize: PageSize
  private(set) var pageCount = 0
  private(set) var tableCount = 1

  /// - Parameter pageSize: 4 KiB or 2 MiB, of every page.
  init(levels: Int, pageSize: PageSize, memory: ByteCount) throws(ReferenceError) {
    guard memory.frames > 0 else { throw Self.full(0) }
    let table = FrameTable(frameCount: memory.frames)
    var allocator = ListBuddy(FrameRange(start: FrameNumber(0), count: memory.frames), in: table)
    guard let root = allocator.allocate(Order(0), .unmovable, core: 0) else {
      throw Self.full(memory.frames)
    }
    contents = FrameContents(frameCount: memory.frames, keepsData: false)
    self.allocator = allocator
    self.root = root
    self.levels = levels
    self.pageSize = pageSize
  }

  private static func full(_ frames: Int) -> ReferenceError {
    ReferenceError(
      message: "the machine's memory of \(ByteCount(frames << 12)) is too small for all pages that "
        + "are touched and their tables")
  }

  /// Maps the page of an address that no page is mapped at.
  mutating func map(_ address: UInt64) throws(ReferenceError) {
    let leafLevel = Int(pageSize.rawValue) / 9 + 1
    var table = root
    var level = levels
    while level > leafLevel {
      let slot = Self.slot(address, level)
      let entry = contents.entry(table, slot)
      if entry.isPresent {
        table = entry.frame
      } else {
        let next = try take(Order(0), .unmovable)
        contents.setEntry(PageTableEntry(next, [.present, .writable, .user]), table, slot)
        tableCount += 1
        table = next
      }
      level -= 1
    }
    let frame = try take(pageSize.order, .movable)
    var bits: EntryBits = [.present, .writable, .user]
    if leafLevel > 1 { bits.insert(.pageSize) }
    contents.setEntry(PageTableEntry(frame, bits), table, Self.slot(address, leafLevel))
    pageCount += 1
  }

  private mutating func take(
    _ order: Order, _ frameClass: FrameClass
  ) throws(ReferenceError) -> FrameNumber {
    guard let frame = allocator.allocate(order, frameClass, core: 0) else {
      throw Self.full(contents.frameCount)
    }
    return frame
  }

  private static func slot(_ address: UInt64, _ level: Int) -> Int {
    Int(truncatingIfNeeded: address >> UInt64(12 + 9 * (level - 1))) & 511
  }
}
