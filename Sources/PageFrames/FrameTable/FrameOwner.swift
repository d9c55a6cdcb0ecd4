public import MemoryUnits

/// Whom a frame serves: written when it is allocated, read by reclaim, by the reverse map and by the
/// frame map.
@frozen
public struct FrameOwner: Hashable, Sendable {
  public var state: FrameState
  /// Memory group: in Framelab the number of the instance (process) that is charged.
  public var group: UInt16
  /// Key of the reverse map: page `index` of `object`. What an object is, the upper floor decides.
  public var object: UInt32
  /// Below 2^36: a page number of a 48-bit address space fits.
  public var index: UInt64

  @inlinable
  public init(state: FrameState, group: UInt16 = 0, object: UInt32 = 0, index: UInt64 = 0) {
    self.state = state
    self.group = group
    self.object = object
    self.index = index
  }
}
