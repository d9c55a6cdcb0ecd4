import MemoryUnits

/// What Linux leaves free, and so cannot turn into blocks.
///
/// Compaction starts only while the free frames of the zone exceed a watermark (low for orders above 3,
/// else min) by 2 << order (`compaction_suitable`, `compact_gap`), passes pages of 2 MiB and more over,
/// and ends where its scanners meet (`ScannerMeeting`). Orders above 10 come from emptying a range
/// (`alloc_contig_range`), which keeps the watermark and can split such pages.
public struct LinuxLimits: Hashable, Sendable, Codable {
  /// The zone's watermarks, frames.
  public var min: UInt64
  public var low: UInt64

  public init(min: UInt64 = 0, low: UInt64 = 0) {
    self.min = min
    self.low = low
  }

  enum CodingKeys: String, CodingKey {
    case min = "min_frames"
    case low = "low_frames"
  }

  /// Free frames that an allocation of the order leaves behind.
  func watermark(_ order: Int) -> UInt64 { order > 3 ? low : min }

  /// Free frames beside the watermark that compaction for the order needs.
  func gap(_ order: Int) -> UInt64 { order <= Order.maximum.index ? 2 << UInt64(order) : 0 }

  /// Blocks that Linux can make of `free` frames.
  ///
  /// - Parameters:
  ///   - candidates: blocks that it frees if need be.
  ///   - ready: those that are free already: they need no gap.
  func attainable(_ order: Int, free: UInt64, candidates: UInt64, ready: UInt64) -> UInt64 {
    func blocks(leaving kept: UInt64) -> UInt64 { free > kept ? (free - kept) >> UInt64(order) : 0 }
    let mark = watermark(order)
    return Swift.max(
      Swift.min(candidates, blocks(leaving: mark + gap(order))),
      Swift.min(ready, blocks(leaving: mark)))
  }
}
