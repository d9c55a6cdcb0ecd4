import MemoryUnits
import PageFrames

/// A lock around a flag per frame: what the tests of shared allocators are tried on, whole and with
/// faults that they must find.
struct ObviousAllocator<Steps: AtomicSteps>: SharedFrameAllocator, ~Copyable {
  enum Fault: CaseIterable {
    /// The block is chosen in one critical section and taken in the next.
    case takesLate
    /// A free gives back one frame at a time, and an allocation that finds only half says no: not
    /// seen by one thread, and no call alone is wrong.
    case freesInParts
    /// What a core has freed serves that core alone.
    case keepsToItself
    /// The last frame is never handed out.
    case refusesTheLast
  }

  let range: FrameRange
  let fault: Fault?
  let steps: Steps
  private let state: Locked<State>

  private struct State {
    var free: FreeFrames
    /// Frames that only one core may have, with `keepsToItself`.
    var kept: [Int: Int] = [:]
    var counters = AllocatorCounters()
  }

  init(_ range: FrameRange, steps: Steps, fault: Fault?) {
    self.range = range
    self.fault = fault
    self.steps = steps
    state = Locked(State(free: FreeFrames(range.start.index..<range.end.index, free: true)))
  }

  private func locked<Result>(_ body: (inout State) -> Result) -> Result {
    steps.willTake(.exchange)
    // No step inside: the scheduler must not stop a thread that holds a real lock.
    let result = state.withLock { state in body(&state) }
    steps.willTake(.store)
    return result
  }

  var freeFrames: Int { state.withLock { $0.free.count } }
  var counters: AllocatorCounters { state.withLock { $0.counters } }

  private func choose(_ order: Order, _ state: borrowing State, _ core: Int) -> Int? {
    if fault == .refusesTheLast, state.free.count == 1 { return nil }
    guard fault == .keepsToItself else { return state.free.first(order.index) }
    var visible = state.free
    for (frame, owner) in state.kept where owner != core {
      visible.set(frame..<frame + 1, free: false)
    }
    return visible.first(order.index)
  }

  private func take(_ frame: Int, _ order: Order, _ state: inout State) {
    state.counters.allocations += 1
    let frames = frame..<frame + order.frameCount
    state.free.set(frames, free: false)
    for frame in frames { state.kept[frame] = nil }
  }

  func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber? {
    let frame: Int?
    if fault == .takesLate {
      frame = locked { choose(order, $0, core) }
      if let frame { locked { take(frame, order, &$0) } }
    } else {
      frame = locked { state in
        let frame = choose(order, state, core)
        if let frame { take(frame, order, &state) }
        return frame
      }
    }
    return frame.map { FrameNumber($0) }
  }

  func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    let frames = frame.index..<frame.index + order.frameCount
    if fault == .freesInParts, order > .base {
      for part in [frames.prefix(order.frameCount / 2), frames.suffix(order.frameCount / 2)] {
        locked { $0.free.set(part, free: true) }
      }
    } else {
      locked { state in
        state.free.set(frames, free: true)
        state.counters.frees += 1
        if fault == .keepsToItself { for frame in frames { state.kept[frame] = core } }
      }
    }
  }

  func claim(_ frames: FrameRange) -> Bool {
    locked { state in
      let frames = frames.start.index..<frames.end.index
      guard state.free.all(frames, free: true) else { return false }
      state.free.set(frames, free: false)
      return true
    }
  }

  func release(_ frames: FrameRange) {
    locked { $0.free.set(frames.start.index..<frames.end.index, free: true) }
  }

  func drain(core: Int) {
    locked { state in state.kept = state.kept.filter { $0.value != core } }
  }

  private var blocks: [Int: Int] {
    var model = FrameModel(range)
    state.withLock { state in
      for frame in range.start.index..<range.end.index
      where state.free.all(frame..<frame + 1, free: false) {
        model.mark(frame..<frame + 1, free: false)
      }
    }
    return model.freeBlocks
  }

  func freeBlock(startingAt frame: FrameNumber) -> Order? {
    blocks[frame.index].map { Order($0) }
  }

  func freeBlock(containing frame: FrameNumber) -> Order? {
    blocks.first { $0.key <= frame.index && frame.index < $0.key + 1 << $0.value }
      .map { Order($0.value) }
  }

  func freeBlockCount(_ order: Order) -> Int { blocks.values.count { $0 == order.index } }

  func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    for (frame, order) in blocks { body(FrameNumber(frame), Order(order)) }
  }

  func validate() {}
}
