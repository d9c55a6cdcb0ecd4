import MemoryUnits

extension PatternRun where Subject: ~Copyable {
  /// Takes all memory in blocks of the order, whichever core has it, from `blocks[0]` on.
  private func takeAll() -> [Int] {
    var counts: [Int] = []
    var taken = 0
    for core in 0..<plan.threads {
      let rest = unsafe UnsafeMutableBufferPointer(
        start: blocks.start + taken, count: blocks.count - taken)
      let count = unsafe Loops.allocate(subject, rest, order, core: core)
      counts.append(count)
      taken += count
    }
    return counts
  }

  /// Allocates, checks and frees everything, so that nothing is touched for the first time later.
  /// A subject without a fixed memory does so with the blocks of the pattern.
  func touchAll() throws(BenchmarkFault) {
    guard subject.wholeOrder(order) != nil else {
      try allocateLive(timed: false)
      return freeLive(timed: false)
    }
    let counts = takeAll()
    let taken = counts.reduce(0, +)
    guard taken == plan.blocks else {
      throw BenchmarkFault(
        .refused, "only \(taken) of \(plan.blocks) blocks of order \(plan.order)")
    }
    try check(0..<taken)
    var start = 0
    for (core, count) in counts.enumerated() {
      unsafe Loops.free(
        subject, UnsafeMutableBufferPointer(start: blocks.start + start, count: count), order,
        core: core)
      start += count
    }
  }

  /// Leaves `resident` blocks allocated, as the case asks.
  func makeStart() throws(BenchmarkFault) {
    let share: (kept: Int, of: Int)
    switch (plan.start, plan.pattern) {
    case (_, .refill): share = (63, 64)
    case (.aged, _): share = (1, 2)
    default: return
    }
    guard subject.wholeOrder(order) != nil else {
      throw BenchmarkFault(.unavailable, "it has no memory of a fixed size that could age")
    }
    let taken = takeAll().reduce(0, +)
    resident = taken / share.of * share.kept
    choose(resident, of: taken)
    for thread in 0..<plan.threads {
      let slice = Slice.of(taken - resident, thread, plan.threads)
      unsafe Loops.free(
        subject,
        UnsafeMutableBufferPointer(
          start: blocks.start + resident + slice.lowerBound, count: slice.count),
        order, core: thread)
    }
    // What equal slices leave over stays allocated, behind the others.
    let rest = (taken - resident) % plan.threads
    for index in 0..<rest {
      blocks[resident + index] = blocks[taken - rest + index]
    }
    resident += rest
  }

  /// Brings a random choice of `kept` blocks to the front, both parts in random order. Memory beyond
  /// 64 GiB is shuffled in windows of 4 GiB, because random access to all of it takes a minute.
  private func choose(_ kept: Int, of count: Int) {
    let window = 1 << 20
    guard count > window << 4 else { return blocks.shuffle(0..<count, &generator) }
    for start in stride(from: 0, to: count, by: window) {
      blocks.shuffle(start..<min(start + window, count), &generator)
    }
    // A block of the windows' tails for each of their heads, until the front has only heads.
    var hole = 0
    var next = 0
    while hole < kept, next < count {
      let end = min(next + window, count)
      let heads = min(Int(Double(end - next) * Double(kept) / Double(count)), kept - hole)
      for index in 0..<heads {
        let name = blocks[hole + index]
        blocks[hole + index] = blocks[next + index]
        blocks[next + index] = name
      }
      hole += heads
      next = end
    }
  }

  func freeResident() throws(BenchmarkFault) {
    unsafe Loops.free(
      subject, UnsafeMutableBufferPointer(start: blocks.start, count: resident), order, core: 0)
    resident = 0
  }

  /// Checks what is live; what stays while the pattern runs is checked once.
  func checkLive() throws(BenchmarkFault) {
    let count = resident + plan.liveBlocks
    try check(isResidentChecked ? resident..<count : 0..<count)
    isResidentChecked = true
  }

  /// Checks blocks that are all live.
  func check(_ places: Range<Int>) throws(BenchmarkFault) {
    var census = BlockCensus(subject.addresses)
    let alignment = subject.alignment(order)
    for index in places {
      try census.add(subject.address(of: blocks[index]), order, alignment: alignment)
    }
    try census.finish()
    verified += census.blocks
    checksum = checksum &* 31 &+ census.checksum
  }

  /// Everything was freed: all frames are free, and can be had in the largest blocks.
  func checkWhole() throws(BenchmarkFault) {
    subject.settle()
    if let free = subject.freeFrames, free != plan.blocks << plan.order, free != plan.frames {
      throw BenchmarkFault(
        .leaked, "\(free) of \(plan.frames) frames are free after everything was freed")
    }
    guard let whole = subject.wholeOrder(order) else { return }
    var large: [[Subject.Block]] = []
    var count = 0
    var census = BlockCensus(subject.addresses)
    for core in 0..<plan.threads {
      var mine: [Subject.Block] = []
      while let block = subject.allocate(whole, core: core) {
        try census.add(
          subject.address(of: block), whole, alignment: subject.alignment(whole))
        mine.append(block)
      }
      count += mine.count
      large.append(mine)
    }
    try census.finish()
    guard count == plan.frames >> whole.index else {
      throw BenchmarkFault(
        .leaked,
        "\(count) of \(plan.frames >> whole.index) blocks of order \(whole.index) after "
          + "everything was freed")
    }
    verified += count
    for (core, blocks) in large.enumerated() {
      for block in blocks { subject.free(block, whole, core: core) }
    }
  }
}
