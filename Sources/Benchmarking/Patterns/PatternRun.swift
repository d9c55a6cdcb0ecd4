import MemoryUnits

/// One repetition of one case on one subject, which is made for it and thrown away.
///
/// The way of a repetition: all memory is allocated once in blocks of the case's order, checked and
/// freed, so that every byte of the allocator's records was touched; the start state is made; the
/// timed loops run, with checks of all live blocks between them; everything is freed; the free frames
/// are counted and all memory is allocated once more.
///
/// What a loop over pairs hands out is gone at its end: a few blocks are allocated and looked up
/// directly before and after it, and foreign allocators go through it once more, untimed and watched.
///
/// In aged memory the pattern runs once untimed: what an allocator put off while hundreds of millions
/// of frames were freed in a row belongs to these frees.
///
/// After every single operation of a timed loop stands a compiler barrier, the same for every
/// subject: no two operations are merged or made into vector instructions, and each is complete in
/// memory before the next begins. The arrays that say in which order blocks are freed are made
/// outside of the timed loops, and read in order within them.
package final class PatternRun<Subject: BenchmarkSubject & ~Copyable>: @unchecked Sendable {
  let subject: Subject
  let plan: BenchmarkCase
  let order: Order
  /// Live blocks of the pattern: thread t has the t-th of equal slices.
  let blocks: MappedArray<Subject.Block>
  /// Blocks that stay allocated while the pattern runs: the start state.
  var resident = 0
  var isResidentChecked = false
  var generator: SplitMix64
  var verified = 0
  var checksum: UInt64 = 0
  /// CPU time and operations so far.
  var allocating = Meter()
  var freeing = Meter()
  var pairing = Meter()

  package init(_ subject: consuming Subject, _ plan: BenchmarkCase, seed: UInt64) {
    self.subject = subject
    self.plan = plan
    order = plan.blockOrder
    blocks = MappedArray(count: plan.blocks)
    generator = SplitMix64(seed: seed)
  }

  package func run() throws(BenchmarkFault) -> Repetition {
    if let obstacle = plan.obstacle { throw BenchmarkFault(.unavailable, obstacle) }
    try touchAll()
    try makeStart()
    switch plan.pattern {
    case .bulk, .lifo, .random, .fill, .refill:
      if resident > 0 { try round(timed: false) }
      for _ in 0..<plan.rounds { try round(timed: true) }
    case .repeat: try repeatPairs()
    case .churn: try churn()
    }
    try freeResident()
    try checkWhole()
    let pairs = allocating.mean.flatMap { alloc in freeing.mean.map { alloc + $0 } }
    return Repetition(
      allocNs: allocating.mean, freeNs: freeing.mean, pairNs: pairing.mean ?? pairs,
      metadataBytesPerFrame: subject.metadataBytes.map { Double($0) / Double(plan.frames) },
      bytesTouched: (subject.metadataBytes ?? 0) + blocks.bytes
        + plan.liveBlocks * subject.touchedBytes(order),
      verifiedBlocks: verified, checksum: checksum,
      allocAtomics: subject.atomicCount == nil ? nil : allocating.atomicsPerOperation,
      freeAtomics: subject.atomicCount == nil ? nil : freeing.atomicsPerOperation,
      pairAtomics: subject.atomicCount == nil ? nil : pairing.atomicsPerOperation)
  }
}

/// What all threads did between a common start and the end of the last.
struct PhaseOutcome {
  /// The sum of what each thread counted.
  var count: Int
  /// CPU time of each thread, ns.
  var times: [UInt64]
  /// Atomic operations of a subject that counts them, else 0.
  var atomics: UInt64
}

/// Time and number of operations, over threads and rounds.
struct Meter {
  private var nanoseconds: UInt64 = 0
  private var operations = 0
  private var atomics: UInt64 = 0

  mutating func add(_ phase: PhaseOutcome, operations count: Int) {
    nanoseconds += phase.times.reduce(0, +)
    atomics += phase.atomics
    operations += count
  }

  /// Counted atomic operations, per operation.
  var atomicsPerOperation: Double {
    operations == 0 ? 0 : Double(atomics) / Double(operations)
  }

  /// Nil before anything was measured.
  var mean: Double? { operations == 0 ? nil : Double(nanoseconds) / Double(operations) }
}
