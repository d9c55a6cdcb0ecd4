import MemoryUnits
import PageFrames

/// The plain model of an allocator with full coalescing: one flag per frame, and a list of what is
/// live. The free blocks follow from the flags alone: the largest aligned blocks of each free run.
struct FrameModel {
  let start: Int
  var isFree: [Bool]
  /// First frame and order of live blocks, in no order.
  var live: [(frame: Int, order: Int)] = []
  /// Cores that the steps are spread over; with more than one, classes differ too.
  var coreCount = 1
  /// Of the step that is being done.
  var core = 0
  var frameClass = FrameClass.movable
  /// Index in `live` by first frame.
  var place: [Int: Int] = [:]

  init(_ range: FrameRange) {
    start = range.start.index
    isFree = [Bool](repeating: true, count: range.count)
  }

  var end: Int { start + isFree.count }
  var freeFrames: Int { isFree.count { $0 } }

  func isAllFree(_ frames: Range<Int>) -> Bool {
    frames.allSatisfy { isFree[$0 - start] }
  }

  mutating func mark(_ frames: Range<Int>, free: Bool) {
    for frame in frames { isFree[frame - start] = free }
  }

  mutating func add(_ frame: Int, _ order: Int) {
    place[frame] = live.count
    live.append((frame, order))
  }

  mutating func remove(_ frame: Int) {
    guard let index = place.removeValue(forKey: frame) else { return }
    let last = live.removeLast()
    if index < live.count {
      live[index] = last
      place[last.frame] = index
    }
  }

  /// Adds the largest aligned blocks of a run of allocated frames as live blocks.
  mutating func addBlocks(of frames: Range<Int>) {
    Self.cut(frames) { add($0, $1) }
  }

  static func cut(_ frames: Range<Int>, _ body: (Int, Int) -> Void) {
    var frame = frames.lowerBound
    while frame < frames.upperBound {
      var order = 10
      while frame % (1 << order) != 0 || frame + 1 << order > frames.upperBound { order -= 1 }
      body(frame, order)
      frame += 1 << order
    }
  }

  /// Free blocks by first frame.
  var freeBlocks: [Int: Int] {
    var blocks: [Int: Int] = [:]
    var frame = start
    while frame < end {
      guard isFree[frame - start] else {
        frame += 1
        continue
      }
      var next = frame
      while next < end, isFree[next - start] { next += 1 }
      Self.cut(frame..<next) { blocks[$0] = $1 }
      frame = next
    }
    return blocks
  }

  /// Whether an aligned block of the order is free.
  func hasFree(_ order: Int) -> Bool {
    let size = 1 << order
    var frame = ((start + size - 1) >> order) << order
    while frame + size <= end {
      if isAllFree(frame..<frame + size) { return true }
      frame += size
    }
    return false
  }
}
