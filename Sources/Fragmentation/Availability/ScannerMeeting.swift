import MemoryUnits

/// Where the two scanners of compaction meet, and which blocks are free then.
///
/// The migration scanner empties 2 MiB blocks from below, those too in which something stays
/// (`isolate_migratepages`); the free scanner takes free frames for the pages from above
/// (`isolate_freepages`), in blocks that are neither wholly free nor of another class than movable
/// (`suitable_migration_target`). They end in the same block (`compact_scanners_met`). Blocks behind the
/// migration scanner are free unless something stays in them, and what is free beside it there is no
/// target for anyone; so each such block costs Linux, which perfect compaction would merely pass over.
struct ScannerMeeting {
  /// How the scanners go about it.
  enum Manner {
    /// As writing 1 to /proc/sys/vm/compact_memory does; unknown frames move in vain, and blocks with
    /// contents of the kernel are not of class movable. At least so much is reached.
    case whole
    /// As asynchronous direct compaction, which lets a block be as soon as one page of it cannot move
    /// (`isolate_migratepages_block` with skip_on_failure); unknown frames cost nothing, and all blocks
    /// are of class movable.
    case most
  }

  private let manner: Manner
  private let words: [BlockWord]
  private let firstBlock: Int
  /// 2 MiB blocks that the migration scanner has left behind.
  let passed: Int

  /// - Parameter further: free frames of which it is not known where they lie.
  init(_ scan: AvailabilityScan, _ manner: Manner, further: Int = 0) {
    self.manner = manner
    words = scan.huge
    firstBlock = scan.firstHuge
    var targets = further
    var front = words.count
    var passed = 0
    scanning: while passed < front {
      let wanted = Self.sources(words[passed], scan.movers[passed], manner)
      while targets < wanted {
        front -= 1
        guard front > passed else { break scanning }
        targets += Self.targets(words[front], manner)
      }
      targets -= wanted
      passed += 1
    }
    self.passed = passed
  }

  /// What stays where it is, as far as one knows.
  static var staying: FrameStates { [.blocking, .huge, .unknown] }

  /// Blocks of an order, up to 10, that are free then. Those below 2 MiB are not known one by one: at
  /// least the ones that cannot all lie ahead of the migration scanner.
  /// - Parameter candidates: blocks of the order in which nothing stays.
  func freed(_ blocks: OrderBlocks, candidates: UInt64) -> UInt64 {
    let order = blocks.order
    if order >= Order.huge.index { return freed(order) }
    if manner == .most { return candidates }
    let parts = UInt64(Order.huge.index - order)
    let ahead = UInt64(words.count - passed) << parts
    return max(freed(Order.huge.index) << parts, candidates - min(candidates, ahead))
  }

  /// Aligned groups of 2 MiB blocks that are all free.
  private func freed(_ order: Int) -> UInt64 {
    let size = 1 << (order - Order.huge.index)
    var index = (size - firstBlock & (size - 1)) & (size - 1)
    var count: UInt64 = 0
    while index + size <= words.count {
      if (index..<index + size).allSatisfy({ isFreed($0) }) { count += 1 }
      index += size
    }
    return count
  }

  private func isFreed(_ block: Int) -> Bool {
    let states = words[block].states
    guard !words[block].isOutside else { return false }
    if states.isSubset(of: .unused) { return true }
    let staying = manner == .whole ? Self.staying : [.blocking, .huge]
    return block < passed && states.isDisjoint(with: staying)
  }

  /// Pages that leave a block; none those at the zone's ends of which a part belongs to another.
  private static func sources(_ word: BlockWord, _ movers: UInt16, _ manner: Manner) -> Int {
    guard !word.isOutside else { return 0 }
    return switch manner {
    case .whole: word.states.isDisjoint(with: .unknown) ? Int(movers) : word.used
    case .most: word.states.isDisjoint(with: [.blocking, .huge]) ? Int(movers) : 0
    }
  }

  /// Free frames of a block that pages move to.
  private static func targets(_ word: BlockWord, _ manner: Manner) -> Int {
    guard !word.isOutside, !word.states.isSubset(of: .unused) else { return 0 }
    guard manner == .most || word.states.isDisjoint(with: .kernel) else { return 0 }
    return Order.huge.frameCount - word.used
  }
}
