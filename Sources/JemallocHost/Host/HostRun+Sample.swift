internal import Fragmentation
internal import MemoryUnits
internal import PageFrames
internal import Results
internal import VirtualMemory

extension HostRun {
  /// The state of the machine and of all processes.
  func sample(timeNs: UInt64) -> Sample {
    var live = 0
    var liveBlocks = 0
    for instance in unsafe processes.indices {
      live += unsafe processes[instance].liveBytes
      liveBlocks += unsafe processes[instance].blocks.count
    }
    let managed = unsafe machine.pointee.system.frameCount
    let free = unsafe machine.pointee.system.freeFrames
    let aged = unsafe machine.pointee.agedFrames
    var sample = Sample(
      timeNs: timeNs, liveBytes: UInt64(live), heldBytes: UInt64(managed - aged - free) << 12)
    sample.overheadBytes = unsafe UInt64(machine.pointee.system.kernelFrames) << 12
    sample.liveBlocks = UInt64(liveBlocks)
    let areas = unsafe machine.pointee.system.freeBlocksByOrder
    sample.freeAreas = FreeAreas(blocks: areas)
    let freeHuge = areas[9] + 2 * areas[10]
    sample.freeHugeBlocks = freeHuge
    sample.usedBlocks = UInt64((managed + 511) >> Order.huge.index) - freeHuge
    sample.freeGiganticBlocks = unsafe UInt64(machine.pointee.system.freeGiganticBlocks)
    return sample
  }

  /// Blocks of 2 MiB and 1 GiB as they are and could be.
  func availability() -> [OrderAvailability] {
    let scan = AvailabilityScan {
      unsafe machine.pointee.system.forEachStates(planes: $0, states: $1)
    }
    let marks = unsafe machine.pointee.system.watermarks
    let zone = ZoneAvailability(
      scan, name: "Normal", limits: LinuxLimits(min: UInt64(marks.min), low: UInt64(marks.low)))
    return [Order.huge, .gigantic].compactMap { zone[$0]?.summary }
  }

  /// What the machine's kernel counted, by name.
  func vmstat() -> [String: UInt64] {
    let named = unsafe machine.pointee.system.counters.named
    return Dictionary(uniqueKeysWithValues: named.map { ($0.name, $0.value) })
  }

  /// Events of all processes and of the machine.
  func counters() -> [String: UInt64] {
    var sum = HeapCounters()
    for instance in unsafe processes.indices {
      let part = unsafe processes[instance].counters
      sum.records += part.records
      sum.allocations += part.allocations
      sum.failedAllocations += part.failedAllocations
      sum.reallocationsInPlace += part.reallocationsInPlace
    }
    let kernel = unsafe machine.pointee.counters
    let zone = unsafe machine.pointee.system.zoneCounters
    return [
      "records": sum.records,
      "allocations": sum.allocations,
      "failed_allocations": sum.failedAllocations,
      "reallocations_in_place": sum.reallocationsInPlace,
      "map_calls": kernel.mapCalls,
      "unmap_calls": kernel.unmapCalls,
      "purges": kernel.purges,
      "purged_pages": kernel.purgedPages,
      "extent_splits": kernel.splits,
      "extent_merges": kernel.merges,
      "low_watermark_crossings": zone.lowCrossings,
      "min_watermark_crossings": zone.minCrossings,
    ]
  }
}
