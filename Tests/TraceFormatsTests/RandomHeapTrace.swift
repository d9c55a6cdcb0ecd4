import MemoryUnits
import TraceFormats

/// A seeded, well-formed trace: slots reused last in, first out, several threads, mappings too.
func randomHeapTrace(seed: UInt64, records count: Int, threads: Int = 3) -> HeapTrace {
  var generator = SplitMix64(seed: seed)
  var live: [(slot: UInt32, mapped: Bool)] = []
  var free: [UInt32] = []
  var slots: UInt32 = 0
  var time: UInt64 = 0
  var records: [HeapRecord] = []
  var most = 0
  while records.count < count {
    time += generator.next(upperBound: 1 << generator.next(upperBound: 12))
    let thread = UInt16(generator.next(upperBound: UInt64(threads)))
    let size = generator.next(upperBound: 1 << generator.next(upperBound: 30))
    let choice = generator.next(upperBound: 8)
    if choice < 4 || live.isEmpty {
      let slot = free.popLast() ?? slots
      if slot == slots { slots += 1 }
      let operation: HeapOperation = choice == 0 ? .map : choice == 1 ? .allocateZeroed : .allocate
      let shift = choice == 2 ? UInt8(generator.next(upperBound: 21)) : 0
      live.append((slot, operation == .map))
      records.append(
        HeapRecord(
          operation, slot: slot, size: size, timeNs: time, thread: thread, alignmentShift: shift))
    } else {
      let index = Int(generator.next(upperBound: UInt64(live.count)))
      let object = live[index]
      if choice < 6 {
        records.append(
          HeapRecord(
            object.mapped ? .remap : .reallocate, slot: object.slot, size: size, timeNs: time,
            thread: thread))
      } else {
        live.swapAt(index, live.count - 1)
        live.removeLast()
        free.append(object.slot)
        records.append(
          HeapRecord(
            object.mapped ? .unmap : .free, slot: object.slot, timeNs: time, thread: thread))
      }
    }
    most = max(most, Int(records[records.count - 1].thread) + 1)
  }
  return HeapTrace(
    records: records, slotCount: Int(slots), threadCount: most, spanNs: time + 17,
    residentSamples: [
      ResidentSample(timeNs: 1, residentBytes: 4096, anonHugeBytes: 0),
      ResidentSample(timeNs: time, residentBytes: 1 << 40, anonHugeBytes: 2 << 20),
    ], origin: "rep", caveats: ["Sizes are as recorded.", "Zeilen mit Umlauten: äöü."])
}
