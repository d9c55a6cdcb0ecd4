public import MemoryUnits

extension FrameTable {
  @inlinable
  public func flags(of frame: FrameNumber) -> FrameFlags {
    FrameFlags(rawValue: UInt16(truncatingIfNeeded: self[frame].flags &>> 8))
  }

  @inlinable
  public func has(_ flags: FrameFlags, _ frame: FrameNumber) -> Bool {
    self[frame].flags &>> 8 & UInt32(flags.rawValue) == UInt32(flags.rawValue)
  }

  /// Sets flags and leaves the others.
  @inlinable
  public mutating func set(_ flags: FrameFlags, of frame: FrameNumber) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].flags |= UInt32(flags.rawValue) &<< 8
  }

  /// Clears flags and leaves the others.
  @inlinable
  public mutating func clear(_ flags: FrameFlags, of frame: FrameNumber) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].flags &= ~(UInt32(flags.rawValue) &<< 8)
  }
}
