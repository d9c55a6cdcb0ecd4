import MemoryUnits
import TraceFormats

/// A seeded heap trace of every operation: sizes log-uniform from 8 bytes to 8 MiB, a live set that
/// grows, shrinks and keeps some objects to the end.
func churnTrace(events: Int, seed: UInt64) -> HeapTrace {
  var generator = SplitMix64(seed: seed)
  var records: [HeapRecord] = []
  var live: [(slot: UInt32, isMap: Bool)] = []
  var freeSlots: [UInt32] = []
  var slots: UInt32 = 0
  for index in 0..<events {
    let time = UInt64(index) * 1000
    let size = UInt64(8) << generator.next(upperBound: 20) + generator.next(upperBound: 8)
    let growing = index / 2000 % 2 == 0
    let choice = generator.next(upperBound: 10)
    if live.isEmpty || choice < (growing ? 6 : 3) {
      let slot = freeSlots.popLast() ?? slots
      if slot == slots { slots += 1 }
      let isMap = choice == 0
      let operation: HeapOperation = isMap ? .map : choice == 1 ? .allocateZeroed : .allocate
      records.append(HeapRecord(operation, slot: slot, size: size, timeNs: time))
      live.append((slot, isMap))
    } else {
      let victim = Int(generator.next(upperBound: UInt64(live.count)))
      let (slot, isMap) = live[victim]
      if choice == 9 {
        let operation: HeapOperation = isMap ? .remap : .reallocate
        records.append(HeapRecord(operation, slot: slot, size: size, timeNs: time))
      } else {
        records.append(HeapRecord(isMap ? .unmap : .free, slot: slot, timeNs: time))
        live.swapAt(victim, live.count - 1)
        live.removeLast()
        freeSlots.append(slot)
      }
    }
  }
  return HeapTrace(
    records: records, slotCount: Int(slots), threadCount: 1, spanNs: UInt64(events) * 1000,
    residentSamples: [ResidentSample(timeNs: 0, residentBytes: 1 << 20, anonHugeBytes: 0)],
    origin: "test")
}
