internal import CHardware
public import MemoryUnits

extension FrameContents {
  /// What `shareEntries` did.
  public struct Shared {
    /// The slots of the first and behind the last entry that lost R/W; the same where none did.
    public var protected = 0..<0
    /// Slots of words that were neither copied nor none, in order.
    public var others: [Int] = []
  }

  /// Copies the entries that map single counted frames from slots `start ..< end` of one leaf table into
  /// the same of another, without A, and appends their frames to `frames`: what fork does with most.
  ///
  /// - Parameter protects: R/W is taken from both sides.
  public mutating func shareEntries(
    _ source: FrameNumber, with target: FrameNumber, from start: Int, to end: Int, protects: Bool,
    frames: inout [FrameNumber]
  ) -> Shared {
    check(source)
    check(target)
    precondition(start >= 0 && start <= end && end <= 512, "a slot beyond the end of its table")
    var shared = Shared()
    var first = Int.max
    var last = -1
    let writable = protects ? EntryBits.writable.rawValue : 0
    let cleared = writable | EntryBits.accessed.rawValue
    let from = unsafe base + source.index &<< 12
    let to = unsafe base + target.index &<< 12
    frames.append(addingCapacity: end &- start) { found in
      for slot in start..<end {
        // Most tables were touched long ago, and a table is too short for the host to see the row.
        unsafe framelab_prefetch(from + (slot &+ 96) &<< 3)
        // In bounds: the frames and the slots were checked.
        let entry = unsafe PageTableEntry(
          rawValue: from.load(fromByteOffset: slot &<< 3, as: UInt64.self))
        guard entry.isPresentAndPlain else {
          if !entry.isNone { shared.others.append(slot) }
          continue
        }
        if entry.rawValue & writable != 0 {
          unsafe from.storeBytes(
            of: entry.rawValue & ~writable, toByteOffset: slot &<< 3, as: UInt64.self)
          first = min(first, slot)
          last = slot
        }
        unsafe to.storeBytes(
          of: entry.rawValue & ~cleared, toByteOffset: slot &<< 3, as: UInt64.self)
        found.append(entry.frame)
      }
    }
    if last >= 0 { shared.protected = first..<last + 1 }
    return shared
  }
}
