internal import Foundation
internal import Fragmentation
import LinuxHost
internal import MemoryUnits
internal import PageFrames
internal import Results
internal import TraceFormats

/// The direct heap under a replay: serves the records and takes the samples.
struct DirectReplay<Allocator, Observer>: ~Copyable, HeapReplayTarget
where Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver {
  var heap: DirectHeap<Allocator, Observer>
  private(set) var samples: [Sample] = []
  /// CPU time spent on samples, which is no part of the replay, ns.
  private(set) var samplingNs: UInt64 = 0
  private var map: FrameMapWriter?
  private var states: [UInt8] = []
  private var owners: [UInt8] = []

  init(heap: consuming DirectHeap<Allocator, Observer>, drawsFrameMap: Bool) {
    map =
      drawsFrameMap
      ? FrameMapWriter(machineFrames: heap.memory.range.count, hasOwners: true) : nil
    self.heap = heap
  }

  @inline(__always)
  mutating func apply(_ record: HeapRecord, instance: Int) {
    heap.serve(record, instance: instance)
  }

  mutating func exit(instance: Int) { heap.clear(instance: instance) }

  mutating func sample(timeNs: UInt64) {
    let start = ThreadClock.now
    defer { samplingNs += ThreadClock.now - start }
    let range = heap.memory.range
    heap.memory.fillStates(&states, for: range)
    let used = UInt64(range.count - heap.memory.freeFrames)
    var sample = Sample(timeNs: timeNs, liveBytes: heap.liveBytes, heldBytes: used << 12)
    sample.freeAreas = FreeAreas(
      blocks: (0..<Order.allocatorCount).map {
        UInt64(heap.memory.zone.allocator.freeBlockCount(Order($0)))
      })
    let census = FreeRunCensus(states: states)
    let freeHuge = census.alignedBlocks[Order.huge.index]
    sample.freeHugeBlocks = freeHuge
    sample.freeGiganticBlocks = census.alignedBlocks[Order.gigantic.index]
    sample.liveBlocks = UInt64((range.count + 511) >> 9) - freeHuge
    samples.append(sample)
    appendToMap(timeNs: timeNs)
  }

  private mutating func appendToMap(timeNs: UInt64) {
    guard map != nil else { return }
    let first = heap.memory.range.start
    owners = states.indices.map { frame in
      guard
        states[frame] == FrameState.slab.rawValue || states[frame] == FrameState.movable.rawValue
      else { return 0 }
      let group = heap.memory.frames.owner(of: first.advanced(by: frame)).group
      return UInt8(min(Int(group) + 1, 255))
    }
    map?.append(timeNs: timeNs, states: states, owners: owners)
  }

  /// The frame map's file; empty when none was asked for.
  mutating func frameMap() -> Data { map?.finish() ?? Data() }
}
