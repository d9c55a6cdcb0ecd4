import LinuxHost
import MemoryUnits

/// One repetition of the recovery experiment on one subject, on one core.
package struct RecoveryRun<Subject: BenchmarkSubject & ~Copyable>: ~Copyable {
  private let subject: Subject
  private let plan: RecoveryCase
  private let order: Order
  private let start: UInt64
  private let live: MappedArray<Subject.Block>
  /// The class of the i-th allocation of a round.
  private let classes: MappedArray<FrameClass>
  /// Live frames of each 2 MiB, by what was handed out and taken back: the allocator is not asked.
  private var used: [UInt16]
  private var generator: SplitMix64
  private var time: UInt64 = 0

  /// Throws for a subject whose blocks may lie anywhere.
  package init(
    _ subject: consuming Subject, _ plan: RecoveryCase, seed: UInt64
  ) throws(BenchmarkFault) {
    let addresses = subject.addresses
    self.subject = subject
    self.plan = plan
    order = Order(plan.order)
    start = addresses?.lowerBound ?? 0
    live = MappedArray(count: plan.blocks)
    classes = MappedArray(count: plan.isMixed ? plan.blocks : 0)
    used = [UInt16](repeating: 0, count: plan.frames >> 9)
    generator = SplitMix64(seed: seed)
    guard addresses != nil else {
      throw BenchmarkFault(.unavailable, "it has no memory of a fixed size")
    }
  }

  package consuming func run() throws(BenchmarkFault) -> RecoveryRepetition {
    let replaced = plan.liveBlocks / 10
    guard replaced > 0, plan.idealBlocks > 0 else {
      throw BenchmarkFault(.unavailable, "too little memory")
    }
    try allocate(0..<plan.blocks)
    free(plan.liveBlocks, of: plan.blocks)
    time = 0
    var curve = [share]
    let kept = plan.liveBlocks - replaced
    for _ in 0..<plan.rounds {
      free(kept, of: plan.liveBlocks)
      try allocate(kept..<plan.liveBlocks)
      curve.append(share)
    }
    let pairNs = Double(time) / Double(max(plan.rounds * replaced, 1))
    var census = BlockCensus(subject.addresses)
    for index in 0..<plan.liveBlocks { try add(live[index], order, to: &census) }
    let held = subject.heldFrames
    let proven = try prove(&census)
    try census.finish()
    return RecoveryRepetition(
      curve: curve, recoveredShare: Double(proven) / Double(plan.idealBlocks),
      provenBlocks: proven, heldFrames: held, pairNs: pairNs, verifiedBlocks: census.blocks)
  }

  private var share: Double {
    Double(used.count { $0 == 0 }) / Double(plan.idealBlocks)
  }

  private mutating func allocate(_ places: Range<Int>) throws(BenchmarkFault) {
    if plan.isMixed {
      for index in 0..<places.count {
        classes[index] = generator.next(upperBound: 4) == 0 ? .unmovable : .movable
      }
    }
    let target = unsafe UnsafeMutableBufferPointer(
      start: live.start + places.lowerBound, count: places.count)
    let wanted = unsafe plan.isMixed ? classes.start : nil
    let began = ThreadClock.now
    let count =
      if let wanted = unsafe wanted {
        unsafe Loops.allocate(subject, target, wanted, order, core: 0)
      } else {
        unsafe Loops.allocate(subject, target, order, core: 0)
      }
    time += ThreadClock.now - began
    guard count == places.count else {
      throw BenchmarkFault(.refused, "only \(count) of \(places.count) blocks")
    }
    for index in places { used[try block(live[index])] += UInt16(order.frameCount) }
  }

  /// Frees a random choice of `count` live blocks, so that the first `kept` stay.
  private mutating func free(_ kept: Int, of count: Int) {
    for left in stride(from: count, to: kept, by: -1) {
      let chosen = Int(generator.next(upperBound: UInt64(left)))
      let block = live[chosen]
      live[chosen] = live[left - 1]
      live[left - 1] = block
    }
    for index in kept..<count {
      used[Int((subject.address(of: live[index]) - start) >> 21)] -= UInt16(order.frameCount)
    }
    let gone = unsafe UnsafeMutableBufferPointer(start: live.start + kept, count: count - kept)
    let began = ThreadClock.now
    unsafe Loops.free(subject, gone, order, core: 0)
    time += ThreadClock.now - began
  }

  /// Which 2 MiB a block lies in.
  private func block(_ name: Subject.Block) throws(BenchmarkFault) -> Int {
    let address = subject.address(of: name)
    guard address >= start, (address - start) >> 21 < UInt64(used.count) else {
      throw BenchmarkFault(.outOfRange, "a block at frame \(address >> 12)")
    }
    return Int((address - start) >> 21)
  }

  /// Allocates 2 MiB blocks until none is left or the allocator reaches for what cores hold.
  private func prove(_ census: inout BlockCensus) throws(BenchmarkFault) -> Int {
    var count = 0
    let held = subject.heldFrames ?? 0
    while let block = subject.allocate(.huge, core: 0) {
      try add(block, .huge, to: &census)
      if subject.heldFrames ?? 0 < held { break }
      count += 1
    }
    return count
  }

  private func add(
    _ block: Subject.Block, _ order: Order, to census: inout BlockCensus
  ) throws(BenchmarkFault) {
    try census.add(
      subject.address(of: block), order, alignment: subject.alignment(order))
  }
}
