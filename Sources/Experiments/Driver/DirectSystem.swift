internal import Aging
internal import Foundation
internal import Fragmentation
import LinuxHost
internal import MemoryUnits
internal import PageFrames
internal import Results
internal import TraceFormats

/// `list-buddy`, `row-buddy` and Linux's policies: the recording through the direct heap.
struct DirectSystem: SystemUnderTest {
  let run: ExperimentRun
  let name: SystemName

  var title: String {
    switch name {
    case .rowBuddy: "RowBuddy, direct"
    case .linux(let policy): "LinuxBuddy \(policy.text)"
    default: "ListBuddy, direct"
    }
  }
  let kind = SystemKind.direct
  let hasFrames = true
  var properties: [String] { Self.properties + run.agingProperties }

  private static let properties = [
    "Objects of a page and more are blocks of 2^k pages; above 4 MiB, as many 4 MiB blocks as fit "
      + "and one block for the rest. Smaller objects lie in a slab.",
    "There are no page tables and no second level: all bytes of an object are backed when it is "
      + "made, whatever the touch model says.",
    "Blocks of whole pages count as movable, slab blocks as unmovable.",
  ]

  func repetition(_ index: Int, _ context: RepetitionContext) throws -> Repetition {
    let frames = ByteCount(Int(run.configuration.machineBytes)).frames
    let settings = ZoneSettings(
      minFreeKilobytes: run.experiment.minFreeKilobytes,
      watermarkScaleFactor: run.experiment.watermarkScaleFactor)
    switch name {
    case .rowBuddy:
      return try replay(RowBuddyMemory(frameCount: frames, settings: settings), index, context)
    case .linux(let policy):
      let memory = LinuxBuddyMemory(frameCount: frames, settings: settings, policy: policy)
      return try replay(memory, index, context)
    default:
      return try replay(ListBuddyMemory(frameCount: frames, settings: settings), index, context)
    }
  }

  private func replay<Allocator: FrameAllocator & ~Copyable>(
    _ memory: consuming PhysicalMemory<Allocator, NoObserver>, _ index: Int,
    _ context: RepetitionContext
  ) throws -> Repetition {
    let seed = run.seed(repetition: index)
    let aged = run.experiment.age.map { age in
      if let churn = run.churn { return memory.age(by: churn, age.goal, seed: seed) }
      return memory.age(age.method, age.goal, seed: seed)
    }
    var replay = DirectReplay(
      heap: DirectHeap(
        memory: memory, instances: run.configuration.instances,
        slotsPerInstance: run.trace.slotCount),
      agedFrames: aged?.keptFrames ?? 0, drawsFrameMap: context.frameMap != nil)

    let wall = ContinuousClock.now
    let cpu = ThreadClock.now
    let schedule = run.schedule(repetition: index)
    var taken = 0
    var wasInterrupted = false
    let records = schedule.replay(run.trace, into: &replay) {
      taken += 1
      context.progress(Double(taken) / Double(schedule.sampleTimesNs.count))
      wasInterrupted = taken < schedule.sampleTimesNs.count && context.isInterrupted()
      return wasInterrupted
    }
    if wasInterrupted { throw CancellationError() }
    replay.completeLastSample()

    var result = Repetition(seed: run.seed(repetition: index), samples: replay.samples)
    result.timing = Timing(
      wallNs: (ContinuousClock.now - wall).nanoseconds,
      cpuNs: ThreadClock.now - cpu - replay.samplingNs,
      records: records)
    result.counters = replay.heap.counters
    result.counters["records"] = records
    if let (path, name) = context.frameMap {
      try replay.frameMap().write(to: URL(fileURLWithPath: path), options: .atomic)
      result.frameMap = name
    }
    return result
  }
}
