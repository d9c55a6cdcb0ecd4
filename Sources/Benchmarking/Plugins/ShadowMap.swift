import MemoryUnits
import Synchronization

/// What a plugin's frames should be: one bit per frame, set while it is allocated. Threads share it.
@safe
final class ShadowMap: @unchecked Sendable {
  let range: FrameRange
  private let wordCount: Int
  // SAFETY: `wordCount` initialised words until `deinit`; they are only accessed atomically.
  private let words: UnsafeMutablePointer<Atomic<UInt64>>
  private let live = Atomic<Int>(0)

  init(_ range: FrameRange) {
    self.range = range
    wordCount = range.count / 64 + 1
    unsafe words = .allocate(capacity: wordCount)
    for index in 0..<wordCount { unsafe (words + index).initialize(to: Atomic(0)) }
  }

  deinit {
    unsafe words.deinitialize(count: wordCount)
    unsafe words.deallocate()
  }

  /// Frames that are allocated.
  var liveFrames: Int { live.load(ordering: .relaxed) }

  /// Enters a block that the plugin handed out; throws when it should not have.
  func take(_ frame: UInt64, _ order: Order) throws(BenchmarkFault) {
    let count = UInt64(order.frameCount)
    guard frame.isMultiple(of: count) else {
      throw BenchmarkFault(.misaligned, "a block of order \(order.index) at frame \(frame)")
    }
    let start = UInt64(range.start.rawValue)
    guard frame >= start, frame <= start + UInt64(range.count),
      count <= start + UInt64(range.count) - frame
    else {
      throw BenchmarkFault(
        .outOfRange,
        "a block of order \(order.index) at frame \(frame); the frames are "
          + "\(start) to \(start + UInt64(range.count) - 1)")
    }
    guard set(Int(frame - start), order.frameCount) else {
      throw BenchmarkFault(
        .overlap, "a block of order \(order.index) at frame \(frame) has frames of another one")
    }
  }

  /// Enters the frames, which must lie in the range; false when one of them was taken.
  func take(_ frames: FrameRange) -> Bool {
    set(frames.start.index - range.start.index, frames.count)
  }

  /// Before the plugin gets them back: afterwards another thread may have them.
  func give(_ frames: FrameRange) {
    forEachWord(frames.start.index - range.start.index, frames.count) { index, mask in
      unsafe words[index].bitwiseAnd(~mask, ordering: .acquiringAndReleasing)
    }
    live.subtract(frames.count, ordering: .relaxed)
  }

  func give(_ frame: UInt64, _ order: Order) {
    give(FrameRange(block: FrameNumber(Int(frame)), order))
  }

  func isTaken(_ frame: UInt64) -> Bool {
    let index = Int(frame) - range.start.index
    return unsafe words[index / 64].load(ordering: .relaxed) >> UInt64(index % 64) & 1 == 1
  }

  private func set(_ first: Int, _ count: Int) -> Bool {
    var isNew = true
    forEachWord(first, count) { index, mask in
      let old = unsafe words[index].bitwiseOr(mask, ordering: .acquiringAndReleasing).oldValue
      isNew = isNew && old & mask == 0
    }
    live.add(count, ordering: .relaxed)
    return isNew
  }

  private func forEachWord(_ first: Int, _ count: Int, _ body: (Int, UInt64) -> Void) {
    var index = first
    while index < first + count {
      let length = min(64 - index % 64, first + count - index)
      let mask: UInt64 = length == 64 ? .max : (1 << UInt64(length) - 1) << UInt64(index % 64)
      body(index / 64, mask)
      index += length
    }
  }
}
