/// The check that records are a well-formed trace, and what it counts on the way.
struct HeapTraceShape {
  private(set) var slotCount = 0
  private(set) var threadCount = 0

  /// Every slot is empty when it is allocated and full when it is freed or changed, and time never
  /// goes back.
  ///
  /// - Throws: naming the first record that breaks this.
  init(checking records: [HeapRecord], path: String) throws(TraceError) {
    // No slot number of a sound trace exceeds the number of its records.
    var full = [Bool](repeating: false, count: records.count)
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
      } else {
        sound = false
      }
      guard sound else {
        throw TraceError(
          path: path, place: "record \(index)",
          message: "\(record.operation.map { "\($0)" } ?? "code \(record.operationCode)") of slot "
            + "\(slot) at \(record.timeNs) ns: expected empty slots to be filled and full ones to "
            + "be freed, in order of time")
      }
      before = record.timeNs
      slotCount = max(slotCount, slot + 1)
      threadCount = max(threadCount, Int(record.thread) + 1)
    }
  }
}
