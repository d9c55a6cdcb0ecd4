public import MemoryUnits

/// A request for a block with all that Linux's allocator asks about it.
@frozen
public struct FrameRequest: Sendable {
  public var order: Order
  public var frameClass: FrameClass
  /// The simulated or real core that asks.
  public var core: Int
  /// Frames that must stay free; 0 for those who may take the last one. A boost of the watermarks is
  /// the allocator's to add.
  public var mark: Int
  public var flags: FrameRequestFlags
  /// The highest zone that may serve it; nil for what its class allows (`LinuxZoneKind.highest`).
  public var zone: LinuxZoneKind?

  @inlinable
  public init(
    _ order: Order, _ frameClass: FrameClass, core: Int = 0, mark: Int = 0,
    flags: FrameRequestFlags = [.wakesReclaimer], zone: LinuxZoneKind? = nil
  ) {
    self.order = order
    self.frameClass = frameClass
    self.core = core
    self.mark = mark
    self.flags = flags
    self.zone = zone
  }
}

/// How far a request may go: Linux's allocation flags of the same meaning in brackets.
@frozen
public struct FrameRequestFlags: OptionSet, Sendable {
  public let rawValue: UInt8

  @inlinable
  public init(rawValue: UInt8) { self.rawValue = rawValue }

  /// The background reclaimer may be woken for it [ALLOC_KSWAPD].
  @inlinable public static var wakesReclaimer: Self { Self(rawValue: 1) }
  /// Half of the mark is open to it [ALLOC_MIN_RESERVE, of __GFP_HIGH].
  @inlinable public static var high: Self { Self(rawValue: 2) }
  /// It cannot wait: with `high`, a quarter more of the mark [ALLOC_NON_BLOCK].
  @inlinable public static var nonBlocking: Self { Self(rawValue: 4) }
  /// Half of the mark is open to a task that is being killed [ALLOC_OOM].
  @inlinable public static var outOfMemory: Self { Self(rawValue: 8) }
  /// May mix types although `defrag_mode` is on: nothing else has helped.
  @inlinable public static var mayFragment: Self { Self(rawValue: 16) }
  /// Frames that cores hold and high-atomic pageblocks are given back before it fails.
  @inlinable public static var lastResort: Self { Self(rawValue: 32) }

  /// A high-order request of an interrupt, which reserves its pageblock [ALLOC_HIGHATOMIC].
  @inlinable
  func isHighAtomic(_ order: Order) -> Bool {
    isSuperset(of: [.high, .nonBlocking]) && order > .base
  }
}
