/// What `LinuxBuddy` does, one policy per property, so that the effect of each can be measured; the
/// bundles `linux66`, `linux612` and `linux618` are kernels.
public struct LinuxPolicy: Hashable, Sendable {
  /// Whether cores keep lists of free blocks at all.
  public var pcp = true
  /// Whether those lists find their length by themselves (6.7, `nr_pcp_high`); else it is fixed at
  /// what follows from the low mark.
  public var pcpAutoHigh = true
  /// percpu_pagelist_high_fraction: a fixed length of managed / fraction over all cores; 0 for none.
  public var percpuPagelistHighFraction = 0
  /// Whether an empty list takes more at once each time (6.7, `nr_pcp_alloc`).
  public var pcpAllocFactor = true
  /// How a list is cut back when cores free more than they allocate.
  public var pcpFree = PCPFree.lateCount
  /// Whether the lists shrink at every vmstat tick (6.7, `decay_pcp_high`).
  public var pcpDecay = true
  /// Lists for huge pages: 0 none, 1 for all types (5.13), 2 for movable and others (6.10,
  /// `order_to_pindex`).
  public var pcpHugeLists = 2
  /// How a type takes the blocks of another one.
  public var fallback = Fallback.claimThenSteal
  /// Whether a zone Normal above a zone DMA32 mixes types only when all zones are exhausted (5.0,
  /// `alloc_flags_nofragment`).
  public var nofragment = true
  /// Whether types mix only after reclaim and compaction have failed (6.15).
  public var defragMode = false
  /// How far claims of parts of a pageblock lift the watermarks, in 1/10000 of the high mark (5.0,
  /// `boost_watermark`); 0 switches it off.
  public var watermarkBoostFactor = 15_000
  /// Whether high-order requests that cannot wait reserve pageblocks (4.4).
  public var highatomic = true
  /// Whether a zone of which 1 % is less than a pageblock reserves none (6.8,
  /// `reserve_highatomic_pageblock`).
  public var highatomicMinimum = true
  /// Whether of a high-atomic reserve only what is free counts as out of reach (6.12,
  /// `__zone_watermark_unusable_free`); else all of it.
  public var countsFreeHighatomic = true
  /// Whether a freed block goes to the tail of its list when the buddy of the next order is free, so
  /// that the two may still merge (2.6.36, `buddy_merge_likely`).
  public var buddyMergeLikely = true
  /// Whether pageblocks have types at all; nil as Linux decides it: from six pageblocks on
  /// (`build_all_zonelists`).
  public var pageGroupByMobility: Bool?
  /// The order of a pageblock, 1...10: 9 on x86-64.
  public var pageblockOrder = 9
  /// No kernel: percent of every zone but Movable that begin as a region of their own for frames that do
  /// not move, whose border then goes where it is needed (`LinuxBuddy.unmovableRegion`); 0 for none.
  public var unmovableRegion = 0
  /// No kernel yet: the order of superpageblocks, which are tainted by frames that do not move or kept
  /// clean of them (`LinuxBuddy.superpageblockCount`), 10...18; 0 for none. Without effect beside a
  /// region.
  public var superpageblockOrder = 0

  /// Linux 6.18.
  public init() {}

  /// How a type takes the blocks of another one.
  public enum Fallback: UInt8, CaseIterable, Sendable {
    /// To 6.9 (`steal_suitable_fallback`): the largest block first; all free blocks of its pageblock
    /// change lists, even when the pageblock keeps its type. Movable requests that may not do that take
    /// the smallest block, and its rest changes lists.
    case movesPages
    /// 6.10 to 6.14 (`__rmqueue_fallback`): as before, but blocks stay on the lists of their
    /// pageblock's type, and nothing moves unless the pageblock is claimed.
    case largestFirst
    /// From 6.15 (`__rmqueue_claim`, `__rmqueue_steal`): claim, the largest block first; where no claim
    /// succeeds, take the smallest block.
    case claimThenSteal
    /// No kernel: never claim, always take the smallest block.
    case steal
  }

  /// How a core's lists are cut back.
  public enum PCPFree: UInt8, CaseIterable, Sendable {
    /// To 6.6 (`nr_pcp_free`): a batch that doubles with each cut until the next allocation.
    case factor
    /// From 6.7: as much as was freed in a row; blocks of orders 1-3 go back at once after a batch.
    case count
    /// From 6.16: those blocks go back after a batch and half the lists' smallest length.
    case lateCount
  }

  /// Linux 6.6 (`mm/page_alloc.c`): lists of a fixed length, and a fallback that moves pages between
  /// lists whether or not it claims their pageblock.
  public static var linux66: LinuxPolicy {
    var policy = LinuxPolicy()
    policy.pcpAutoHigh = false
    policy.pcpAllocFactor = false
    policy.pcpFree = .factor
    policy.pcpDecay = false
    policy.pcpHugeLists = 1
    policy.fallback = .movesPages
    policy.highatomicMinimum = false
    policy.countsFreeHighatomic = false
    return policy
  }

  /// Linux 6.12: lists that tune themselves (6.7), and lists that agree with the pageblocks (6.10).
  public static var linux612: LinuxPolicy {
    var policy = LinuxPolicy()
    policy.pcpFree = .count
    policy.fallback = .largestFirst
    return policy
  }

  /// Linux 6.18: claims and steals apart, the smallest block stolen (6.15); `defrag_mode` exists, off.
  public static var linux618: LinuxPolicy { LinuxPolicy() }

  /// By the names that experiments and options use.
  public static var bundles: [(name: String, policy: LinuxPolicy)] {
    [("linux-6.6", linux66), ("linux-6.12", linux612), ("linux-6.18", linux618)]
  }
}
