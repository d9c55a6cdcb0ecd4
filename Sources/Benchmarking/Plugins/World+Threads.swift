import MemoryUnits
import Synchronization

extension World {
  /// A thread for each core, and one that drains them all meanwhile.
  func meetThreads() throws(BenchmarkFault) {
    examination.tellProgress("\(coreCount) threads at once")
    examination.findings.threads = coreCount
    let shared = SharedWorld(self, seed: examination.generator.next())
    _ = ThreadTeam.run(coreCount + 1) { index in
      if index < shared.coreCount { shared.churn(core: index) } else { shared.drain() }
    }
    examination.findings.operations += shared.operations.load(ordering: .relaxed)
    if let fault = shared.fault.withLock({ $0 }) { throw fault }
    examination.tellProgress("every frame after threads")
    drainAll()
    try checkCounts()
    let blocks = try takeAll(.base)
    guard blocks.count == range.count else {
      throw BenchmarkFault(
        .leaked, "only \(blocks.count) of \(range.count) frames after threads freed every one")
    }
    try giveAll(blocks)
  }
}

/// What the threads of an examination share: allocator and map may be used by all of them.
private final class SharedWorld: @unchecked Sendable {
  // SAFETY: `allocator` permits threads, or this is not made; `map` always does. Nothing else of
  // `world` is touched here.
  private let world: World
  let coreCount: Int
  private let seed: UInt64
  let operations = Atomic<Int>(0)
  private let running: Atomic<Int>
  let fault = Mutex<BenchmarkFault?>(nil)
  private let hasFailed = Atomic<Bool>(false)

  init(_ world: World, seed: UInt64) {
    self.world = world
    self.seed = seed
    coreCount = world.coreCount
    running = Atomic(world.coreCount)
  }

  func churn(core: Int) {
    defer { running.subtract(1, ordering: .releasing) }
    var generator = SplitMix64(seed: seed &+ UInt64(core))
    do {
      try churn(core: core, &generator)
    } catch {
      hasFailed.store(true, ordering: .relaxed)
      fault.withLock { $0 = $0 ?? error }
    }
  }

  private func churn(core: Int, _ generator: inout SplitMix64) throws(BenchmarkFault) {
    let share = world.range.count / coreCount / 2
    let orders = UInt64(world.examination.library.largestOrder + 1)
    var blocks: [World.Block] = []
    var live = 0
    var steps = 0
    while steps < 60_000, !hasFailed.load(ordering: .relaxed) {
      steps += 1
      let wantsMore: UInt64 = live < share ? 60 : 40
      if generator.next(upperBound: 100) < wantsMore {
        let isSingle = generator.next(upperBound: 8) > 0
        let order = Order(isSingle ? 0 : Int(generator.next(upperBound: orders)))
        let frame = world.allocator.allocate(order, core: core)
        if frame == ForeignAllocator.noFrame { continue }
        try world.map.take(frame, order)
        blocks.append(World.Block(frame, order))
        live += order.frameCount
      } else if !blocks.isEmpty {
        blocks.swapAt(Int(generator.next(upperBound: UInt64(blocks.count))), blocks.count - 1)
        live -= try free(blocks.removeLast(), core)
      }
    }
    while let block = blocks.popLast() { _ = try free(block, core) }
    operations.add(steps, ordering: .relaxed)
  }

  private func free(_ block: World.Block, _ core: Int) throws(BenchmarkFault) -> Int {
    world.map.give(block.frame, block.order)
    guard world.allocator.free(block.frame, block.order, core: core) else {
      throw BenchmarkFault(
        .refusedFree, "a block of order \(block.order.index) at frame \(block.frame), by a thread")
    }
    return block.order.frameCount
  }

  func drain() {
    while running.load(ordering: .acquiring) > 0 {
      for core in 0..<coreCount { world.allocator.drain(core: core) }
    }
  }
}
