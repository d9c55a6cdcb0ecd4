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
  /// Frames that were in use before the first record.
  private let agedFrames: Int
  private var map: FrameMapWriter?
  private var states: [UInt8] = []
  private var owners: [UInt8] = []

  init(
    heap: consuming DirectHeap<Allocator, Observer>, agedFrames: Int = 0, drawsFrameMap: Bool
  ) {
    self.agedFrames = agedFrames
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
    let frames = heap.memory.range.count
    let used = UInt64(frames - agedFrames - heap.memory.freeFrames)
    var sample = Sample(timeNs: timeNs, liveBytes: heap.liveBytes, heldBytes: used << 12)
    let areas = FreeAreas(blocks: heap.memory.zone.allocator.freeBlocksByOrder())
    let freeHuge = areas.available(.huge) ?? 0
    sample.freeAreas = areas
    sample.freeHugeBlocks = freeHuge
    sample.freeGiganticBlocks = UInt64(heap.memory.zone.allocator.freeGiganticBlockCount())
    sample.usedBlocks = UInt64((frames + 511) >> Order.huge.index) - freeHuge
    samples.append(sample)
    appendToMap(timeNs: timeNs)
  }

  /// Adds to the last sample what the frames could be made into.
  mutating func completeLastSample() {
    guard var last = samples.popLast() else { return }
    let start = ThreadClock.now
    defer { samplingNs += ThreadClock.now - start }
    let scan = AvailabilityScan { heap.memory.forEachStates(planes: $0, states: $1) }
    let marks = heap.memory.zone.watermarks
    let zone = ZoneAvailability(
      scan, name: "Normal", limits: LinuxLimits(min: UInt64(marks.min), low: UInt64(marks.low)))
    last.availability = [Order.huge, .gigantic].compactMap { zone[$0]?.summary }
    samples.append(last)
  }

  private mutating func appendToMap(timeNs: UInt64) {
    guard map != nil else { return }
    heap.memory.fillStates(&states, for: heap.memory.range)
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
