public import MemoryUnits

extension FrameContents {
  /// The first slot of a table in `start ..< end` whose word lacks one of `bits`; `end` when there is
  /// none.
  @inlinable
  public func firstEntry(
    _ table: FrameNumber, from start: Int, to end: Int, lacking bits: EntryBits
  ) -> Int {
    check(table)
    precondition(start >= 0 && end <= 512, "a slot beyond the end of its table")
    var slot = start
    while slot < end {
      // In bounds: the frame and the slots were checked.
      let word = unsafe base.load(
        fromByteOffset: table.index &<< 12 &+ slot &<< 3, as: UInt64.self)
      guard word & bits.rawValue == bits.rawValue else { return slot }
      slot &+= 1
    }
    return end
  }
}
