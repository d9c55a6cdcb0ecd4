/// Collects the events of a recording made by others into a well-formed `HeapTrace`: hands out the
/// slots, the lowest-numbered ones first needed, and lays events without a time of their own evenly
/// between the time stamps around them.
struct ForeignTraceBuilder {
  /// Free slots, taken from the end, so that tables by slot stay as dense as the live objects.
  private var freeSlots: [UInt32] = []
  private(set) var slotCount = 0
  private(set) var records: [HeapRecord] = []
  /// Records from here on wait for the time stamp that ends their tick.
  private var pendingStart = 0
  /// The last time stamp, ns.
  private(set) var stampNs: UInt64 = 0

  /// An object of `size` bytes; nil when 2^32 objects live at once, more than a trace can name.
  mutating func allocate(_ size: UInt64) -> UInt32? {
    let slot: UInt32
    if let free = freeSlots.popLast() {
      slot = free
    } else {
      guard let next = UInt32(exactly: slotCount) else { return nil }
      slot = next
      slotCount += 1
    }
    records.append(HeapRecord(.allocate, slot: slot, size: size))
    return slot
  }

  mutating func reallocate(_ slot: UInt32, _ size: UInt64) {
    records.append(HeapRecord(.reallocate, slot: slot, size: size))
  }

  mutating func free(_ slot: UInt32) {
    records.append(HeapRecord(.free, slot: slot))
    freeSlots.append(slot)
  }

  /// Records that no time stamp has followed yet.
  var pendingCount: Int { records.count - pendingStart }

  /// The clock reads `timeNs`, not less than before: the events since the last stamp happened
  /// between the two, evenly spaced for want of anything better.
  mutating func stamp(_ timeNs: UInt64) {
    let count = UInt64(pendingCount)
    let step = timeNs - stampNs
    for index in 0..<count {
      let (high, low) = step.multipliedFullWidth(by: index)
      let share = count.dividingFullWidth((high, low)).quotient
      records[pendingStart + Int(index)].timeNs = stampNs + share
    }
    pendingStart = records.count
    stampNs = timeNs
  }

  /// The last record happened at `timeNs` exactly, not before the one ahead of it.
  mutating func stampLast(_ timeNs: UInt64) {
    records[records.count - 1].timeNs = timeNs
    pendingStart = records.count
    stampNs = timeNs
  }

  /// Events that no stamp follows: each comes `spacingNs` after the one before it. False when that
  /// leads beyond the end of the clock, 2^64 ns.
  mutating func stampRest(spacingNs: UInt64) -> Bool {
    var time = stampNs
    let (length, isTooLong) = spacingNs.multipliedReportingOverflow(by: UInt64(pendingCount))
    if isTooLong || length > UInt64.max - time { return false }
    for index in pendingStart..<records.count {
      time += spacingNs
      records[index].timeNs = time
    }
    pendingStart = records.count
    stampNs = time
    return true
  }
}
