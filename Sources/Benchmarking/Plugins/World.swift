import MemoryUnits

/// One allocator of an examination and its map.
final class World {
  typealias Block = PluginExamination.Block

  let allocator: ForeignAllocator
  let map: ShadowMap
  let coreCount: Int
  let examination: PluginExamination

  var range: FrameRange { allocator.range }

  init(
    _ library: PluginLibrary, _ range: FrameRange, holes: [FrameRange] = [], coreCount: Int,
    examination: PluginExamination
  ) throws(BenchmarkFault) {
    allocator = try ForeignAllocator(library, range, coreCount: coreCount, holes: holes)
    map = ShadowMap(range)
    // A hole is a block that is never freed.
    for hole in holes { _ = map.take(hole) }
    self.coreCount = coreCount
    self.examination = examination
  }

  /// A number below `bound`.
  func random(_ bound: Int) -> Int {
    Int(examination.generator.next(upperBound: UInt64(bound)))
  }

  /// A block for a core; nil when the plugin has none.
  func take(_ order: Order, core: Int) throws(BenchmarkFault) -> Block? {
    let frameClass: FrameClass = random(4) == 0 ? .unmovable : .movable
    let frame = allocator.allocate(order, frameClass, core: core)
    examination.findings.operations += 1
    if frame == ForeignAllocator.noFrame {
      if order == .base, map.liveFrames < range.count { examination.findings.refusals += 1 }
      return nil
    }
    try map.take(frame, order)
    return Block(frame, order)
  }

  func give(_ block: Block, core: Int) throws(BenchmarkFault) {
    map.give(block.frame, block.order)
    examination.findings.operations += 1
    guard allocator.free(block.frame, block.order, core: core) else {
      throw BenchmarkFault(
        .refusedFree,
        "a block of order \(block.order.index) at frame \(block.frame), which was allocated so")
    }
  }

  /// Every block that can be had, by the cores in turn; a core that gets none leaves it to the others.
  func takeAll(_ order: Order) throws(BenchmarkFault) -> [Block] {
    var blocks: [Block] = []
    var core = 0
    var failures = 0
    while failures < coreCount {
      if let block = try take(order, core: core % coreCount) {
        blocks.append(block)
        failures = 0
      } else {
        failures += 1
      }
      core += 1
    }
    return blocks
  }

  /// Frees all in random order, each by a random core.
  func giveAll(_ blocks: [Block]) throws(BenchmarkFault) {
    var left = blocks
    while !left.isEmpty {
      left.swapAt(random(left.count), left.count - 1)
      try give(left.removeLast(), core: random(coreCount))
    }
  }

  func drainAll() {
    for core in 0..<coreCount { allocator.drain(core: core) }
  }

  /// What the plugin says about itself against the map.
  func checkCounts() throws(BenchmarkFault) {
    let free = UInt64(range.count - map.liveFrames)
    let statistics = allocator.statistics
    guard statistics.freeFrames == free else {
      throw BenchmarkFault(
        .miscounted, "its statistics have \(statistics.freeFrames) free frames, \(free) are free")
    }
    guard statistics.heldFrames <= free else {
      throw BenchmarkFault(
        .miscounted, "cores hold \(statistics.heldFrames) frames and \(free) are free")
    }
    if let counts = allocator.counts {
      let sum = counts.enumerated().reduce(UInt64(0)) { $0 &+ $1.element << UInt64($1.offset) }
      guard sum <= free, sum >= free - statistics.heldFrames else {
        throw BenchmarkFault(
          .miscounted, "its counts per order make \(sum) free frames, \(free) are free")
      }
    }
    guard examination.library.capabilities.contains(.isFree) else { return }
    let first = UInt64(range.start.rawValue)
    for frame in first..<first + UInt64(range.count) {
      guard let isFree = allocator.isFree(frame), isFree == map.isTaken(frame) else { continue }
      throw BenchmarkFault(
        .miscounted,
        "is_free says \(isFree ? "yes" : "no") of frame \(frame), which is "
          + (isFree ? "allocated" : "free"))
    }
  }
}
