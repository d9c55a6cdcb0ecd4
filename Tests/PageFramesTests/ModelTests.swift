import Glibc
import MemoryUnits
import PageFrames
import Testing

/// Whether full counts are asked for.
let isLong = unsafe getenv("FRAMELAB_LONG").map { unsafe String(cString: $0) } == "1"
/// Whether this is the run under a sanitizer: debug, and many times slower.
let isSanitized = unsafe getenv("FRAMELAB_SANITIZED") != nil

@Suite("Random operations against a plain model, theory T4 and T9")
struct ModelTests {
  static let stepsPerRun = 10_000

  @Test("10,000 steps on each of 1,000 machines of random shape (10,000 with FRAMELAB_LONG=1)")
  func agrees() {
    for seed in 0..<UInt64(isLong ? 10_000 : 1000) {
      let run = ModelRun(seed: seed, count: Self.stepsPerRun)
      if let failure = run.report(seed: seed, { $0.listBuddy() }) {
        Issue.record("\(failure)")
        return
      }
    }
  }

  @Test("an allocator with a planted fault is caught, and the steps shrink to the few that matter")
  func shrinks() {
    let run = ModelRun(seed: 3, count: Self.stepsPerRun)
    let make: (ModelRun) -> ForgetfulAllocator = { .init(inner: $0.listBuddy()) }
    let small = run.shrunk(make)
    #expect(small.failure(make) != nil)
    // The fault needs one block of order 2 or more; the end of the run frees it.
    #expect(small.operations.count == 1)
    #expect(small.operations.first?.kind == .allocate)
  }
}

/// Gives back only half of every larger block.
struct ForgetfulAllocator: FrameAllocator, ~Copyable {
  var inner: ListBuddy<NoObserver>

  var range: FrameRange { inner.range }
  var freeFrames: Int { inner.freeFrames }
  var counters: AllocatorCounters { inner.counters }

  mutating func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber? {
    inner.allocate(order, frameClass, core: core)
  }
  mutating func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    inner.free(frame, order < Order(2) ? order : Order(order.index - 1), core: core)
  }
  mutating func claim(_ frames: FrameRange) -> Bool { inner.claim(frames) }
  mutating func release(_ frames: FrameRange) { inner.release(frames) }
  mutating func drain(core: Int) {}
  func freeBlock(startingAt frame: FrameNumber) -> Order? { inner.freeBlock(startingAt: frame) }
  func freeBlock(containing frame: FrameNumber) -> Order? { inner.freeBlock(containing: frame) }
  func freeBlockCount(_ order: Order) -> Int { inner.freeBlockCount(order) }
  func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) { inner.forEachFreeBlock(body) }
  func validate() { inner.validate() }
}
