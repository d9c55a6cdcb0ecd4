import MemoryUnits

extension World {
  private func tell(_ what: String) { examination.tellProgress(what) }

  private static func frames(_ count: Int, of all: Int) -> String { "\(count) of \(all) frames" }

  /// Every frame, twice: the first time shows what is missing, the second what was lost.
  func exhaustTwice(_ place: String) throws(BenchmarkFault) {
    tell("every frame\(place)")
    try checkCounts()
    let all = range.count - map.liveFrames
    var blocks = try takeAll(.base)
    guard blocks.count == all else {
      throw BenchmarkFault(
        .refused, "only \(Self.frames(blocks.count, of: all)) of a new allocator")
    }
    tell("frees of every frame in random order\(place)")
    try giveAll(blocks)
    tell("every frame again\(place)")
    blocks = try takeAll(.base)
    guard blocks.count == all else { throw leak(blocks.count, of: all) }
    try checkCounts()
    try giveAll(blocks)
    drainAll()
    try checkCounts()
  }

  private func leak(_ count: Int, of all: Int) -> BenchmarkFault {
    BenchmarkFault(
      .leaked, "only \(Self.frames(count, of: all)) can be had after every one was freed")
  }

  /// All was freed: it must be there again.
  private func checkWhole() throws(BenchmarkFault) {
    drainAll()
    let blocks = try takeAll(.base)
    guard blocks.count == range.count else { throw leak(blocks.count, of: range.count) }
    try giveAll(blocks)
  }

  /// All memory in blocks of one order, for every order from the largest down.
  func fillWithEveryOrder() throws(BenchmarkFault) {
    for index in stride(from: examination.library.largestOrder, through: 1, by: -1) {
      let order = Order(index)
      tell("every block of order \(index)")
      let blocks = try takeAll(order)
      if blocks.count < range.count >> index, examination.findings.merges {
        examination.findings.merges = false
        examination.findings.notes.append(
          "it does not merge: after every frame was freed, \(blocks.count) of "
            + "\(range.count >> index) blocks of order \(index) can be had")
      }
      try giveAll(blocks)
    }
    tell("every frame after blocks of every order")
    try checkWhole()
  }

  /// Requests of all orders, with half of the memory in use on average.
  func mixOrders() throws(BenchmarkFault) {
    tell("random requests of all orders")
    var blocks: [Block] = []
    for step in 0..<40_000 {
      let wantsMore = map.liveFrames < range.count / 2 ? 60 : 40
      let core = random(coreCount)
      if random(100) < wantsMore {
        let order = random(4) > 0 ? 0 : random(examination.library.largestOrder + 1)
        if let block = try take(Order(order), core: core) { blocks.append(block) }
      } else if !blocks.isEmpty {
        blocks.swapAt(random(blocks.count), blocks.count - 1)
        try give(blocks.removeLast(), core: core)
      }
      if step % 8_000 == 0 { try checkCounts() }
    }
    tell("the rest of the memory, frame by frame")
    let live = map.liveFrames
    let rest = try takeAll(.base)
    guard rest.count == range.count - live else {
      throw BenchmarkFault(
        .refused, "only \(rest.count) of the \(range.count - live) frames that are free")
    }
    try giveAll(rest + blocks)
    try checkWhole()
  }

  /// A block freed in two halves, one of them frame by frame.
  func freeParts() throws(BenchmarkFault) {
    tell("frees of parts of a block")
    let largest = examination.library.largestOrder
    guard largest > 0, let block = try take(Order(largest), core: 0) else { return }
    let half = Order(largest - 1)
    let upper = block.frame + UInt64(half.frameCount)
    try giveAll((0..<half.frameCount).map { Block(upper + UInt64($0), .base) })
    try checkCounts()
    try give(Block(block.frame, half), core: coreCount - 1)
    try checkWhole()
  }

  /// Exact frames: once, not twice, and nobody else gets them.
  func claim() throws(BenchmarkFault) {
    tell("claims")
    let frames = FrameRange(start: range.start.advanced(by: 5), count: 700)
    let beside = FrameRange(start: range.start, count: 6)
    guard allocator.claim(frames) == true else {
      throw BenchmarkFault(.refused, "a claim of \(frames.count) free frames")
    }
    guard map.take(frames) else { throw BenchmarkFault(.overlap, "a claim of frames in use") }
    guard allocator.claim(beside) == false else {
      throw BenchmarkFault(.overlap, "a claim of frames that were claimed before was granted")
    }
    try checkCounts()
    let rest = try takeAll(.base)
    guard rest.count == range.count - frames.count else {
      throw BenchmarkFault(
        .refused, "only \(rest.count) of \(range.count - frames.count) frames beside a claim")
    }
    try giveAll(rest)
    if examination.library.capabilities.contains(.release) {
      tell("release of a claim")
      map.give(frames)
      guard allocator.release(frames) == true else {
        throw BenchmarkFault(.refusedFree, "a release of \(frames.count) claimed frames")
      }
    } else {
      let first = UInt64(frames.start.rawValue)
      try giveAll((0..<frames.count).map { Block(first + UInt64($0), .base) })
    }
    try checkWhole()
  }
}
