import TraceFormats

enum Recording {
  /// References read from the beginning of a recording, `most` at most; the rest of the last batch is
  /// unpacked too.
  @inline(never)
  static func measuredRead(_ path: String, _ most: Int) throws -> Int {
    var reader = try AccessTraceReader(path: path)
    var batch: [AccessRecord] = []
    var count = 0
    var stores: UInt64 = 0
    while count < most, try reader.next(&batch) {
      for record in batch where record.kind == .store { stores &+= 1 }
      count += batch.count
    }
    check(stores > 0, "stores")
    return min(count, most)
  }
}
