public import MemoryUnits

/// Memory as the one who ages it finds it: which frames are its own, and which are free already. All
/// others belong to somebody else and stay as they are.
public struct AgingLayout: Sendable {
  /// Frames in use that may be kept or freed.
  public var own: FrameSet
  public var free: FrameSet
  /// Free frames outside of the range, which count in the indices and cannot be changed.
  public var freeElsewhere: Int
  /// Those of them that lie in free blocks of 2 MiB and more.
  public var usableElsewhere: Int

  public var range: FrameRange { own.range }

  /// Both sets are over the same range and have no frame in common.
  public init(
    own: FrameSet, free: FrameSet, freeElsewhere: Int = 0, usableElsewhere: Int = 0
  ) {
    precondition(own.range == free.range, "sets over different ranges")
    self.own = own
    self.free = free
    self.freeElsewhere = freeElsewhere
    self.usableElsewhere = usableElsewhere
  }
}
