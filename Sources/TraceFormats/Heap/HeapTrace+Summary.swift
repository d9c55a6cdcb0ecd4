extension HeapTrace {
  /// The most bytes that were live at once, as the program asked for them: heap objects and
  /// anonymous mappings together.
  public var livePeakBytes: UInt64 {
    var sizes = [UInt64](repeating: 0, count: slotCount)
    var live: UInt64 = 0
    var peak: UInt64 = 0
    for record in records {
      // The size of free and unmap is 0, so one rule serves all operations.
      live = live - sizes[Int(record.slot)] + record.size
      sizes[Int(record.slot)] = record.size
      peak = max(peak, live)
    }
    return peak
  }
}
