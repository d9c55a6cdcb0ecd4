/// The check that records are a well-formed trace, and what it counts on the way.
struct HeapTraceShape {
  private(set) var slotCount = 0
  private(set) var threadCount = 0

  /// More than any address space holds: sums of live bytes stay far from overflowing.
  static let mostLiveBytes: UInt64 = 1 << 58

  /// Every slot is empty when it is allocated and full when it is freed or changed, time never goes
  /// back, and no more is live at once than an address space holds.
  ///
  /// - Throws: naming the first record that breaks this.
  init(checking records: [HeapRecord], path: String) throws(TraceError) {
    // No slot number of a sound trace exceeds the number of its records.
    var full = [Bool](repeating: false, count: records.count)
    var sizes = [UInt64](repeating: 0, count: records.count)
    var live: UInt64 = 0
    var before: UInt64 = 0
    for (index, record) in records.enumerated() {
      let slot = Int(record.slot)
      var sound = slot < full.count && record.timeNs >= before
      if sound, let operation = record.operation {
        switch operation {
        case .allocate, .allocateZeroed, .map:
          sound = !full[slot]
          full[slot] = true
        case .reallocate, .remap: sound = full[slot]
        case .free, .unmap:
          sound = full[slot]
          full[slot] = false
        }
        if sound {
          live = live - sizes[slot] + min(record.size, Self.mostLiveBytes)
          sizes[slot] = record.size
          sound = live < Self.mostLiveBytes
        }
      } else {
        sound = false
      }
      guard sound else {
        throw TraceError(
          path: path, place: "record \(index)",
          message: "\(record.operation.map { "\($0)" } ?? "code \(record.operationCode)") of slot "
            + "\(slot) at \(record.timeNs) ns: expected empty slots to be filled and full ones to "
            + "be freed, in order of time, and less than 2^58 bytes to be live")
      }
      before = record.timeNs
      slotCount = max(slotCount, slot + 1)
      threadCount = max(threadCount, Int(record.thread) + 1)
    }
  }
}
