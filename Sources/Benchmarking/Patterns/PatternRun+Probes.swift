import MemoryUnits

/// What a loop over pairs hands out is gone before anybody can look at it. It is looked at around the
/// loop: a few blocks directly before and after it, and for subjects that are not trusted in a pass of
/// the loop that is not timed.
extension PatternRun where Subject: ~Copyable {
  /// Blocks per core that a probe allocates: a quarter of what is free at most.
  private var probeCount: Int {
    min(8, (plan.blocks - resident - plan.liveBlocks) / (4 * plan.threads))
  }

  /// Allocates a few blocks on every core, looks each up among the live blocks, and frees them: the
  /// state is the one before.
  func probe() throws(BenchmarkFault) {
    var probes: [(block: Subject.Block, core: Int)] = []
    for core in 0..<plan.threads {
      for _ in 0..<probeCount {
        guard let block = subject.allocate(order, core: core) else { break }
        probes.append((block, core))
      }
    }
    try checkProbes(probes.map { subject.address(of: $0.block) })
    for probe in probes { subject.free(probe.block, order, core: probe.core) }
  }

  private func checkProbes(_ addresses: [UInt64]) throws(BenchmarkFault) {
    guard !addresses.isEmpty else { return }
    var census = BlockCensus(subject.addresses)
    for address in addresses {
      try census.add(address, order, alignment: subject.alignment(order))
    }
    try census.finish()
    let starts = addresses.sorted()
    let bytes = UInt64(order.bytes.rawValue)
    let (first, last) = (starts[0], starts[starts.count - 1])
    for index in 0..<resident + plan.liveBlocks {
      let address = subject.address(of: blocks[index])
      guard address &+ bytes > first, address < last &+ bytes else { continue }
      // Probes do not overlap each other: only the last that begins below the live block's end can.
      if let near = starts.last(where: { $0 < address &+ bytes }), near &+ bytes > address {
        throw BenchmarkFault(
          .overlap, "order \(order.index) at \(BlockCensus.place(near)), which is live")
      }
    }
    verified += census.blocks
  }

  /// The loop of the pattern once more, untimed, on a subject that is not trusted: every block that it
  /// hands out is looked up in a map of what is live.
  func proveLoop() throws(BenchmarkFault) {
    guard !subject.isTrusted, let addresses = subject.addresses else { return }
    let start = FrameNumber(Int(addresses.lowerBound >> 12))
    let map = ShadowMap(
      FrameRange(start: start, count: Int((addresses.upperBound - addresses.lowerBound) >> 12)))
    for index in 0..<resident + plan.liveBlocks { try map.take(frame(blocks[index]), order) }
    blocks.shuffle(resident..<resident + plan.liveBlocks, &generator)
    let complaint = FirstFault()
    let result = withAll { run, thread in
      do throws(BenchmarkFault) {
        return try run.plan.pattern == .churn
          ? run.replaceLooking(map, thread) : run.pairsLooking(map, thread)
      } catch {
        complaint.note(error)
        return 0
      }
    }
    if let fault = complaint.first { throw fault }
    verified += result.count
  }

  private func frame(_ block: Subject.Block) -> UInt64 { subject.address(of: block) >> 12 }

  /// `Loops.pairs`, looking.
  private func pairsLooking(_ map: ShadowMap, _ thread: Int) throws(BenchmarkFault) -> Int {
    for _ in 0..<plan.loopCount {
      let block = try take(map, thread)
      map.give(frame(block), order)
      subject.free(block, order, core: thread)
    }
    return plan.loopCount
  }

  /// `Loops.replace`, looking.
  private func replaceLooking(_ map: ShadowMap, _ thread: Int) throws(BenchmarkFault) -> Int {
    let slice = Slice.of(plan.liveBlocks, thread, plan.threads)
    for place in resident + slice.lowerBound..<resident + slice.upperBound {
      map.give(frame(blocks[place]), order)
      subject.free(blocks[place], order, core: thread)
      blocks[place] = try take(map, thread)
    }
    return slice.count
  }

  private func take(_ map: ShadowMap, _ thread: Int) throws(BenchmarkFault) -> Subject.Block {
    guard let block = subject.allocate(order, core: thread) else {
      throw BenchmarkFault(.refused, "a block of order \(plan.order) of half-full memory")
    }
    try map.take(frame(block), order)
    return block
  }
}
