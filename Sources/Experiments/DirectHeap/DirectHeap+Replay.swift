internal import PageFrames
internal import TraceFormats

extension DirectHeap where Allocator: ~Copyable {
  /// One event of one instance.
  @inline(__always)
  mutating func serve(_ record: HeapRecord, instance: Int) {
    let slot = instance &* slotsPerInstance &+ Int(record.slot)
    let group = UInt16(truncatingIfNeeded: instance)
    switch record.operation {
    case .allocate, .allocateZeroed, .map:
      place(slot, bytes: record.size, alignmentShift: record.alignmentShift, group: group)
    case .free, .unmap:
      remove(slot)
    case .reallocate, .remap:
      resize(slot, bytes: record.size, group: group)
    case nil:
      break
    }
  }

  /// Gives back all that an instance holds.
  mutating func clear(instance: Int) {
    let first = instance * slotsPerInstance
    for slot in first..<(first + slotsPerInstance) { remove(slot) }
  }
}

extension DirectHeap where Allocator: ~Copyable {
  /// What was counted, under the names of `Repetition.counters`.
  var counters: [String: UInt64] {
    let zone = memory.zone.counters
    return [
      "allocations": allocations, "failed_allocations": failedAllocations,
      "low_watermark_crossings": zone.lowCrossings, "min_watermark_crossings": zone.minCrossings,
    ]
  }
}
