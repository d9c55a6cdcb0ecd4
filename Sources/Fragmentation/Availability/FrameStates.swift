public import MemoryUnits

/// Which states occur among some frames: one bit per raw value of `FrameState`.
struct FrameStates: OptionSet, Hashable, Sendable {
  let rawValue: UInt16

  @inline(__always)
  init(rawValue: UInt16) { self.rawValue = rawValue }

  @inline(__always)
  init(_ state: FrameState) { rawValue = 1 &<< UInt16(state.rawValue) }

  // Computed, so that they are constants in the loops over blocks.

  /// In free blocks.
  @inline(__always)
  static var free: FrameStates { FrameStates(.free) }
  /// What nobody has to give up.
  @inline(__always)
  static var unused: FrameStates { FrameStates(.free).union(FrameStates(.heldByCore)) }
  /// What is free once reclaim has dropped clean contents of files.
  static var reclaimable: FrameStates { unused.union(FrameStates(.cleanFile)) }
  /// What stays where it is, so that its block never becomes free.
  @inline(__always)
  static var blocking: FrameStates {
    FrameStates(.reserved).union(FrameStates(.unmovable)).union(FrameStates(.slab))
      .union(FrameStates(.pageTable)).union(FrameStates(.pinned))
  }
  @inline(__always)
  static var unknown: FrameStates { FrameStates(.unknown) }
  static var huge: FrameStates { FrameStates(.hugePage) }
  /// What compaction moves page by page.
  static var moving: FrameStates {
    FrameStates(.movable).union(FrameStates(.fileCache)).union(FrameStates(.cleanFile))
  }
  /// What gives its pageblock another class than movable, where there are classes: contents of the
  /// kernel. Pinned pages lie in movable ones.
  static var kernel: FrameStates {
    FrameStates(.reserved).union(FrameStates(.unmovable)).union(FrameStates(.slab))
      .union(FrameStates(.pageTable))
  }

  /// Raw values that mean something.
  @inline(__always)
  static var known: UInt8 { FrameState.cleanFile.rawValue + 1 }

  var states: [FrameState] { FrameState.allCases.filter { contains(FrameStates($0)) } }
}

extension FrameState {
  /// Whether a frame in this state keeps its block from ever becoming free.
  public var isBlocking: Bool { FrameStates.blocking.contains(FrameStates(self)) }
}
