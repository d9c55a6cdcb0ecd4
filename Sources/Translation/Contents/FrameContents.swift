internal import CHardware
public import MemoryUnits

/// The bytes of simulated physical memory: one sparse host mapping in which frame f begins at
/// f * 4096. A frame costs host memory once it is written.
///
/// Page tables always live in it. Data bytes are kept only when the machine was made so
/// (`keepsData`); else `zero`, `copy` and `store` of data do nothing and cost nothing, and only
/// metadata moves. An access beyond the last frame ends the process.
@safe
public struct FrameContents: ~Copyable {
  @usableFromInline let storage: ContentStorage
  @usableFromInline let base: UnsafeMutableRawPointer
  public let frameCount: Int
  /// Whether the bytes of data pages are kept.
  public let keepsData: Bool
  /// Behind the table that was prepared last.
  private var nextTable = -1
  /// Frames that were given host memory at once because tables are made of them one after the other.
  private var provided = 0..<0

  /// All bytes are zero. Ends the process where the host has no address space for them.
  public init(frameCount: Int, keepsData: Bool) {
    storage = ContentStorage(frameCount: frameCount)
    unsafe base = storage.base
    self.frameCount = frameCount
    self.keepsData = keepsData
  }

  @inlinable
  func check(_ frame: FrameNumber) {
    precondition(frame.index < frameCount, "a frame beyond the end of simulated memory")
  }
}

// MARK: Page tables

extension FrameContents {
  /// Word `slot` (0...511) of the table in `table`.
  @inlinable
  public func entry(_ table: FrameNumber, _ slot: Int) -> PageTableEntry {
    check(table)
    // In bounds: the frame was checked, and the slot is masked.
    return unsafe PageTableEntry(
      rawValue: base.load(
        fromByteOffset: table.index &<< 12 &+ (slot & 511) &<< 3, as: UInt64.self))
  }

  @inlinable
  public mutating func setEntry(_ entry: PageTableEntry, _ table: FrameNumber, _ slot: Int) {
    check(table)
    // In bounds: the frame was checked, and the slot is masked.
    unsafe base.storeBytes(
      of: entry.rawValue, toByteOffset: table.index &<< 12 &+ (slot & 511) &<< 3, as: UInt64.self)
  }

  /// Makes a fresh table empty. Where no data bytes are kept every free frame is zero already,
  /// because tables are freed empty.
  public mutating func prepareTable(_ table: FrameNumber) {
    check(table)
    if table.index == nextTable, !provided.contains(table.index) {
      provided = table.index..<min(table.index + Self.tablesAtOnce, frameCount)
      unsafe framelab_provide(base + table.index << 12, provided.count << 12)
    }
    nextTable = table.index + 1
    if keepsData { zero(table) }
  }

  private static var tablesAtOnce: Int { 16 }
}
