public import MemoryUnits
internal import PageFrames
internal import Translation

/// What /proc/PID/pagemap says of a page.
@frozen
public struct PagemapEntry: Hashable, Sendable {
  /// A frame is behind it, readable or not (PROT_NONE).
  public var isPresent = false
  /// Its bytes are in swap.
  public var isSwapped = false
  /// The frame is one of a file, or of shared anonymous memory.
  public var isFile = false
  /// No other page table entry maps the frame.
  public var isExclusive = false
  /// The frame is the shared one of zeros.
  public var isZero = false
  /// Meaningful when present.
  public var frame = FrameNumber(0)
}

extension Machine {
  /// How a page is mapped, found without touching it.
  public mutating func pagemap(_ task: TaskID, page: Int) -> PagemapEntry {
    var found = PagemapEntry()
    let entry = entry(tasks[task].space, page)
    guard entry.mapsFrame else {
      found.isSwapped = SwapEntry(entry) != nil
      return found
    }
    found.isPresent = true
    found.frame = entry.frame
    found.isZero = entry.has(.special)
    found.isFile = !found.isZero && memory.frames.state(of: entry.frame) == .fileCache
    found.isExclusive = !found.isZero && memory.frames.mappingsInAll(of: entry.frame) == 1
    return found
  }
}
