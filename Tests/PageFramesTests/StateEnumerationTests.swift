import MemoryUnits
import PageFrames
import Testing

/// The blocks of a stretch of 16 frames: at its first frame, each has 1 + order when free and
/// -1 - order when allocated; all other entries are 0.
typealias Blocks = SIMD16<Int8>

@Suite("Every allocation state of 16 frames")
struct StateEnumerationTests {
  /// All states of an aligned block of an order: allocated as a whole, or any states of its halves,
  /// two free halves being one free block. So a_k = a_{k-1}^2 + 1 with a_0 = 2.
  static func states(_ order: Int) -> [Blocks] {
    guard order > 0 else { return [single(1), single(-1)] }
    let halves = states(order - 1)
    let shift = 1 << (order - 1)
    var result = [single(Int8(-1 - order))]
    result.reserveCapacity(halves.count * halves.count + 1)
    for left in halves {
      for right in halves {
        if left[0] == Int8(order), right[0] == Int8(order) {
          result.append(single(Int8(1 + order)))
        } else {
          var both = left
          for frame in 0..<shift { both[shift + frame] = right[frame] }
          result.append(both)
        }
      }
    }
    return result
  }

  static func single(_ block: Int8) -> Blocks {
    var blocks = Blocks.zero
    blocks[0] = block
    return blocks
  }

  /// What the allocator answers about its 16 frames.
  static func observe(_ buddy: borrowing ListBuddy<NoObserver>) -> Blocks {
    var blocks = Blocks.zero
    var frame = 0
    while frame < 16 {
      let number = buddy.range.start.advanced(by: frame)
      if let order = buddy.freeBlock(startingAt: number) {
        blocks[frame] = 1 + Int8(order.index)
        frame += order.frameCount
      } else if let order = buddy.allocatedBlock(containing: number) {
        blocks[frame] = -1 - Int8(order.index)
        frame += order.frameCount
      } else {
        return .zero
      }
    }
    return blocks
  }

  /// The plain model of `allocate`: cut the free block that `frame` lies at, keeping lower halves.
  /// Nil when the block is not a free one of the smallest sufficient order.
  static func allocated(_ frame: Int, _ order: Int, in before: Blocks) -> Blocks? {
    var smallest = 99
    for frame in 0..<16 where before[frame] > Int8(order) {
      smallest = min(smallest, Int(before[frame]) - 1)
    }
    guard Int(before[frame]) - 1 == smallest else { return nil }
    var after = before
    for half in order..<smallest { after[frame + 1 << half] = Int8(1 + half) }
    after[frame] = Int8(-1 - order)
    return after
  }

  /// The plain model of `free`: make the block free, then merge any two free buddies until none is
  /// left.
  static func freed(_ frame: Int, in before: Blocks) -> Blocks {
    var after = before
    after[frame] = -before[frame]
    var changed = true
    while changed {
      changed = false
      for frame in 0..<16 where after[frame] > 0 && after[frame] <= 4 {
        let buddy = frame ^ 1 << Int(after[frame] - 1)
        if frame < buddy, after[buddy] == after[frame] {
          after[frame] += 1
          after[buddy] = 0
          changed = true
        }
      }
    }
    return after
  }

  /// Does every operation that is legal in a state and undoes it; nil when all went as in the model.
  static func failure(
    of buddy: inout ListBuddy<NoObserver>, in state: Blocks, _ operations: inout Int
  ) -> String? {
    let start = buddy.range.start
    for order in 0...4 {
      operations += 1
      if let frame = buddy.allocate(Order(order), .movable, core: 0) {
        let model = allocated(frame.index - start.index, order, in: state)
        buddy.validate()
        guard observe(buddy) == model else { return "allocate \(order) in \(state)" }
        buddy.free(frame, Order(order), core: 0)
      } else if (0..<16).contains(where: { state[$0] > Int8(order) }) {
        return "allocate \(order) refused in \(state)"
      }
      guard observe(buddy) == state else { return "allocate \(order), free in \(state)" }
    }
    for frame in 0..<16 where state[frame] < 0 {
      operations += 1
      let order = Order(Int(-1 - state[frame]))
      buddy.free(start.advanced(by: frame), order, core: 0)
      buddy.validate()
      guard observe(buddy) == freed(frame, in: state) else { return "free \(frame) in \(state)" }
      let claimed = buddy.claim(FrameRange(block: start.advanced(by: frame), order))
      guard claimed, observe(buddy) == state else { return "free, claim \(frame) in \(state)" }
    }
    return nil
  }

  @Test("there are 458,330, and every operation from each does what a plain model does")
  func everyOperationFromEveryState() {
    let states = Self.states(4)
    #expect(states.count == 458_330)
    let table = FrameTable(frameCount: 64)
    // Frames 16...31: the buddy of the whole lies outside the zone.
    let whole = FrameRange(block: FrameNumber(16), Order(4))
    var buddy = ListBuddy(whole, in: table)
    var failure: String?
    var operations = 0
    for state in states {
      for frame in 0..<16 where state[frame] < 0 {
        let block = FrameRange(
          block: FrameNumber(16 + frame), Order(Int(-1 - state[frame])))
        if !buddy.claim(block) { failure = "cannot build \(state)" }
      }
      failure = failure ?? Self.failure(of: &buddy, in: state, &operations)
      guard failure == nil else { break }
      for frame in 0..<16 where state[frame] < 0 {
        buddy.release(FrameRange(block: FrameNumber(16 + frame), Order(Int(-1 - state[frame]))))
      }
    }
    #expect(failure == nil)
    // Five allocations from each state and one free for each of its allocated blocks.
    let frees = states.reduce(0) { sum, state in
      sum + (0..<16).count { state[$0] < 0 }
    }
    #expect(operations == 5 * 458_330 + frees)
    let splits = buddy.counters.splits
    #expect(splits == buddy.counters.merges)
  }
}
