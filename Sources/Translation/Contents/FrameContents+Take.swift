public import MemoryUnits

extension FrameContents {
  /// What `takeEntries` found.
  @frozen
  public struct Taken {
    /// Entries that were taken.
    public var count = 0
    /// The slots of the first and of the last of them.
    public var first = 0
    public var last = 0
    /// Words of another kind that remain.
    public var others = 0

    @inlinable
    init() {}

    @inlinable
    @inline(__always)
    mutating func note(_ slot: Int) {
      if count == 0 { first = slot }
      last = slot
      count &+= 1
    }
  }

  /// Takes the entries that map frames, but not those of folios, out of slots `start ..< end` of a table,
  /// and appends those of counted frames, not the special ones, to `entries`.
  @inlinable
  public mutating func takeEntries(
    _ table: FrameNumber, from start: Int, to end: Int, into entries: inout [PageTableEntry]
  ) -> Taken {
    check(table)
    precondition(start >= 0 && start <= end && end <= 512, "a slot beyond the end of its table")
    var taken = Taken()
    let words = unsafe base + table.index &<< 12
    entries.append(addingCapacity: end &- start) { found in
      for slot in start..<end {
        // In bounds: the frame and the slots were checked.
        let entry = unsafe PageTableEntry(
          rawValue: words.load(fromByteOffset: slot &<< 3, as: UInt64.self))
        // Most by far are of this one kind.
        if !entry.isPresentAndPlain {
          guard entry.mapsOwnFrame else {
            if !entry.isNone { taken.others &+= 1 }
            continue
          }
          if entry.has(.special) {
            unsafe words.storeBytes(of: 0, toByteOffset: slot &<< 3, as: UInt64.self)
            taken.note(slot)
            continue
          }
        }
        unsafe words.storeBytes(of: 0, toByteOffset: slot &<< 3, as: UInt64.self)
        taken.note(slot)
        found.append(entry)
      }
    }
    return taken
  }
}
