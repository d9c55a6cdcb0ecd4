import MemoryUnits
import TraceFormats

/// A well-formed trace of all operations by several threads, seeded.
func syntheticTrace(seed: UInt64, records count: Int, threads: Int) -> HeapTrace {
  var random = SplitMix64(seed: seed)
  var live: [(slot: UInt32, isMapping: Bool)] = []
  var free: [UInt32] = []
  var slotCount = 0
  var time: UInt64 = 0
  var thread: UInt16 = 0
  var records: [HeapRecord] = []
  func size() -> UInt64 {
    switch random.next(upperBound: 100) {
    case 0: random.next(upperBound: 1 << 20)
    case 1: 0
    default: random.next(upperBound: 1 << (4 + random.next(upperBound: 9)))
    }
  }
  for _ in 0..<count {
    time += random.next(upperBound: 2000)
    if random.next(upperBound: 20) == 0 {
      thread = UInt16(random.next(upperBound: UInt64(threads)))
    }
    let choice = random.next(upperBound: 100)
    var record = HeapRecord(.free, slot: 0, timeNs: time, thread: thread)
    if live.isEmpty || choice < 48 {
      if let slot = free.popLast() {
        record.slot = slot
      } else {
        record.slot = UInt32(slotCount)
        slotCount += 1
      }
      record.size = size()
      switch random.next(upperBound: 20) {
      case 0:
        record.operationCode = HeapOperation.map.rawValue
        record.size = 4096 * (1 + random.next(upperBound: 64))
      case 1..<5: record.operationCode = HeapOperation.allocateZeroed.rawValue
      case 5..<8:
        record.operationCode = HeapOperation.allocate.rawValue
        record.alignmentShift = UInt8(random.next(upperBound: 14))
      default: record.operationCode = HeapOperation.allocate.rawValue
      }
      live.append((record.slot, record.operation == .map))
    } else {
      let index = Int(random.next(upperBound: UInt64(live.count)))
      let (slot, isMapping) = live[index]
      record.slot = slot
      if choice < 60 {
        record.operationCode =
          isMapping ? HeapOperation.remap.rawValue : HeapOperation.reallocate.rawValue
        record.size = isMapping ? 4096 * (1 + random.next(upperBound: 64)) : size()
      } else {
        record.operationCode =
          isMapping ? HeapOperation.unmap.rawValue : HeapOperation.free.rawValue
        live.swapAt(index, live.count - 1)
        live.removeLast()
        free.append(slot)
      }
    }
    records.append(record)
  }
  return HeapTrace(
    records: records, slotCount: slotCount, threadCount: threads, spanNs: time + 1000,
    origin: "test")
}

extension HeapTrace {
  /// What is live after all events up to and with `timeNs`, as the program asked for it.
  func liveBytes(at timeNs: UInt64) -> UInt64 {
    var sizes = [UInt64](repeating: 0, count: slotCount)
    for record in records where record.timeNs <= timeNs { sizes[Int(record.slot)] = record.size }
    return sizes.reduce(0, +)
  }
}
