import Sessions
import TraceFormats
import VirtualMemory

/// The events of a machine as a timeline in simulated time: a track per core, on which tasks run and
/// page faults and shootdowns take place, a track for kswapd, and a curve of the frames in use.
struct MachineTimeline: ~Copyable {
  private var writer: TimelineWriter
  /// The first error of writing; nothing is written behind it.
  private var failure: TraceError?
  private var lastNs: UInt64 = 0
  private var framesInUse = 0
  /// What has begun and not ended.
  private var running: [Int: TimelineSlice] = [:]
  private var faults: [Int: TimelineSlice] = [:]
  private var shootdown: TimelineSlice?
  private var reclaim: TimelineSlice?
  private var named: Set<Int> = []

  private static let machine = 1
  /// Behind all cores.
  private static let reclaimer = TimelineTrack(process: machine, thread: 1000)

  init(path: String) throws(TraceError) {
    writer = try TimelineWriter(path: path)
    do {
      try writer.name(process: Self.machine, "machine")
    } catch {
      failure = error
    }
  }

  mutating func append(_ events: [SessionEvent]) {
    for event in events where failure == nil {
      do throws(TraceError) {
        try append(event)
      } catch {
        failure = error
      }
    }
  }

  /// Ends what still goes on, and gives the file its name.
  consuming func finish() throws(TraceError) {
    if failure == nil {
      do {
        for core in running.keys.sorted() { try end(running.removeValue(forKey: core)) }
        for core in faults.keys.sorted() { try end(faults.removeValue(forKey: core)) }
        try end(shootdown.take())
        try end(reclaim.take())
      } catch {
        failure = error
      }
    }
    if let failure {
      writer.discard()
      throw failure
    }
    try writer.finish()
  }

  private mutating func append(_ item: SessionEvent) throws(TraceError) {
    let event = item.event
    lastNs = max(lastNs, event.time)
    let core = event.core
    switch event.kind {
    case .tlbHit, .value: return
    case .contextSwitch(let task):
      try end(running.removeValue(forKey: core))
      if task != nil {
        running[core] = slice(String(item.words.dropFirst(3)), "task", item, core)
      }
    case .pageFault(let page, let access):
      try end(faults.removeValue(forKey: core))
      var fault = slice("page fault", "fault", item, core)
      fault.arguments.append(TimelineArgument("address", .hex(UInt64(page) << 12)))
      fault.arguments.append(TimelineArgument("access", .text("\(access)")))
      faults[core] = fault
    case .retry:
      try end(faults.removeValue(forKey: core))
    case .signal:
      try end(faults.removeValue(forKey: core))
      try instant(item, core)
    case .shootdown(let step):
      if case .entryChanged = step { shootdown = slice("shootdown", "tlb", item, core) }
      try instant(item, Self.core(of: step) ?? core)
      if case .completed = step { try end(shootdown.take()) }
    case .reclaimerWoken:
      try name(Self.reclaimer, "kswapd")
      reclaim = slice("kswapd", "reclaim", item, core)
      reclaim?.track = Self.reclaimer
    case .reclaimerSleeps: try end(reclaim.take())
    case .frameAllocated, .frameFreed:
      if case .frameAllocated = event.kind { framesInUse += 1 } else { framesInUse -= 1 }
      try writer.append(
        TimelineCounter(
          "frames in use", process: Self.machine, at: event.time,
          [TimelineArgument("frames", .number(framesInUse))]))
      try instant(item, core)
    default: try instant(item, core)
    }
  }

  /// Where a step of a shootdown happens, if not at its initiator.
  private static func core(of step: MachineEvent.ShootdownStep) -> Int? {
    switch step {
    case .handlerInvalidated(let core), .acknowledged(let core): core
    default: nil
    }
  }

  private func slice(
    _ name: String, _ category: String, _ item: SessionEvent, _ core: Int
  ) -> TimelineSlice {
    TimelineSlice(
      name, category: category, on: TimelineTrack(process: Self.machine, thread: core),
      at: item.event.time, lasting: 0, Self.arguments(item))
  }

  private mutating func end(_ slice: TimelineSlice?) throws(TraceError) {
    guard var ended = slice else { return }
    ended.durationNs = lastNs - ended.startNs
    if ended.track != Self.reclaimer { try name(ended.track, "core \(ended.track.thread)") }
    try writer.append(ended)
  }

  private mutating func instant(_ item: SessionEvent, _ core: Int) throws(TraceError) {
    let track = TimelineTrack(process: Self.machine, thread: core)
    try name(track, "core \(core)")
    try writer.append(
      TimelineInstant(
        item.name, category: Self.category(item.event.kind), on: track, at: item.event.time,
        Self.arguments(item)))
  }

  /// Names a track when it first appears.
  private mutating func name(_ track: TimelineTrack, _ name: String) throws(TraceError) {
    if named.insert(track.thread).inserted { try writer.name(track, name) }
  }

  private static func arguments(_ item: SessionEvent) -> [TimelineArgument] {
    var arguments: [TimelineArgument] = []
    if let task = item.task { arguments.append(TimelineArgument("task", .text(task))) }
    if !item.words.isEmpty { arguments.append(TimelineArgument("what", .text(item.words))) }
    return arguments
  }

  private static func category(_ kind: MachineEvent.Kind) -> String {
    switch kind {
    case .systemCall: "system call"
    case .tlbHit, .tlbMiss, .walk, .tlbFill, .shootdown: "tlb"
    case .pageFault, .areaFound, .retry, .value, .signal, .entryWritten: "fault"
    case .frameAllocated, .frameFreed, .frameZeroed, .frameCopied: "frame"
    case .pageRead, .pageWritten: "file"
    case .swappedOut, .swappedIn: "swap"
    case .reclaimerWoken, .reclaimerSleeps, .directReclaim, .oomKill: "reclaim"
    case .compactionBegins, .compactionMoved, .compactionEnds, .compactorWoken, .compactorSleeps:
      "compaction"
    case .contextSwitch: "task"
    }
  }
}
