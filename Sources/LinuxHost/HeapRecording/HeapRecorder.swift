internal import TraceFormats

/// Runs a command with the preloaded recorder and brings what it and its descendants ask of their
/// heaps into files, while they run.
///
/// Use it once: `var recorder = try HeapRecorder(options); let result = try recorder.run()`.
public struct HeapRecorder: ~Copyable {
  /// Sealed chunks wait at most about this long, ns. The parent's wake-ups cost processor time too.
  private static let pollInterval: UInt64 = 4_000_000
  private static let residentInterval: UInt64 = 100_000_000
  /// Reading the resident memory of a large process takes milliseconds; it takes at most this part of
  /// the time, at the price of longer intervals.
  private static let residentShare: UInt64 = 100
  /// How long an interrupted program may take to end before its recording ends without it, ns.
  private static let patience: UInt64 = 5_000_000_000

  private let options: HeapRecordingOptions
  private let system: any HostSystem
  private let clock: RecordingClock
  private let folder: RingFolder
  private var output: RecordingNames?
  private var processes = ProcessList()
  private var seen: Set<String> = []
  private var files: [(number: Int, file: HeapRecordingFile)] = []
  private var started = 0

  /// - Throws: when the host has no shared memory for the recorder.
  public init(_ options: HeapRecordingOptions) throws(HostError) {
    try self.init(options, system: LinuxSystem())
  }

  package init(_ options: HeapRecordingOptions, system: any HostSystem) throws(HostError) {
    self.options = options
    self.system = system
    clock = RecordingClock(system: system)
    folder = try RingFolder(in: options.sharedFolder)
  }

  /// Runs the command to its end, or until `interruption` returns a signal: then the program gets
  /// that signal, and what was recorded is sealed once it has ended or a few seconds have passed.
  /// Descendants that outlive the command are recorded up to its end.
  ///
  /// - Parameter progress: called a few times a second with the events so far.
  /// - Throws: HostError when the command cannot be started, TraceError when a file cannot be written.
  public mutating func run(
    interruption: () -> Int32? = { nil }, progress: (UInt64) -> Void = { _ in }
  ) throws -> HeapRecording {
    // A file that cannot be written is told before the program has done anything.
    let names = try RecordingNames(options)
    let probe = try TraceWriter(path: names.path(1), kind: .heap)
    probe.discard()
    output = names
    let child = try system.start(command: options.command, variables: variables())
    do {
      return try record(child, interruption: interruption, progress: progress)
    } catch {
      // The program goes on without being recorded; it is not left behind alone.
      while system.ended(child: child) == nil, interruption() == nil {
        system.sleep(ns: Self.pollInterval)
      }
      throw error
    }
  }

  private mutating func record(
    _ child: Int32, interruption: () -> Int32?, progress: (UInt64) -> Void
  ) throws(TraceError) -> HeapRecording {
    var exit: ProgramExit?
    var nextSample = system.monotonicNs()
    var interruptedAt: UInt64?
    while exit == nil {
      // Asked first, so that everything of a program that ended is taken over afterwards.
      exit = system.ended(child: child)
      let now = system.monotonicNs()
      var chunks = 0
      if now >= nextSample {
        let before = system.processorNs()
        try admitProcesses()
        try sample(now: now)
        progress(eventCount)
        let cost = min(system.processorNs() - before, 1 << 32)
        nextSample = now + max(Self.residentInterval, Self.residentShare * cost)
      }
      let (system, patience) = (self.system, options.patienceNs)
      try processes.update { (process) throws(TraceError) in
        process.ring.visit(ns: system.monotonicNs(), patienceNs: patience)
        chunks += try process.takeSealed()
      }
      if let signal = interruption() {
        if interruptedAt == nil { pass(signal, to: child) }
        interruptedAt = interruptedAt ?? now
        if now > (interruptedAt ?? now) + Self.patience { break }
      }
      if exit == nil, chunks < 8 { system.sleep(ns: Self.pollInterval) }
    }
    try admitProcesses()
    try sealAll(endNs: system.monotonicNs())
    var sealed = files.sorted { $0.number < $1.number }.map(\.file)
    try output?.nameLargestFirst(&sealed)
    output?.removeOlder(behind: sealed.count)
    return HeapRecording(files: sealed, exit: exit)
  }

  private var eventCount: UInt64 {
    processes.eventCount + files.reduce(0) { $0 + $1.file.events }
  }

  private func variables() -> [String: String] {
    // Another allocator that is preloaded stays, behind the recorder.
    let before = Environment.value("LD_PRELOAD").map { ":" + $0 } ?? ""
    return [
      "LD_PRELOAD": options.library + before,
      "FRAMELAB_HEAP_RING": folder.path,
      "FRAMELAB_HEAP_CLOCK": clock.setting,
    ]
  }

  /// A terminal sends Ctrl-C to the program too, which then ends by itself.
  private func pass(_ signal: Int32, to child: Int32) {
    system.sleep(ns: 200_000_000)
    if system.isAlive(child) { system.send(signal: signal, to: child) }
  }

  /// Looks for processes that have begun to record.
  private mutating func admitProcesses() throws(TraceError) {
    let names = system.names(in: folder.path).filter { $0 != "alive" && !seen.contains($0) }
    // The name begins with the time of the start.
    let ordered = names.sorted { ($0.count, $0) < ($1.count, $1) }
    for name in ordered {
      guard let ring = RingFile(path: "\(folder.path)/\(name)") else { continue }
      seen.insert(name)
      // A new image in the same process: the one before has ended.
      let process = ring.origin.process
      let now = system.monotonicNs()
      try seal(endNs: now, caveats: []) { $0.ring.origin.process == process }
      started += 1
      var description: [String: String] = [:]
      if options.includesCommand {
        description["command"] = options.command.joined(separator: " ")
      }
      let recording = try ProcessRecording(
        ring: ring, path: output?.path(started) ?? options.path(number: started), clock: clock,
        description: description)
      processes.append(recording, number: started)
    }
  }

  /// Resident memory of every process that lives; those that do not are sealed.
  private mutating func sample(now: UInt64) throws(TraceError) {
    let system = self.system
    var ended: Set<Int32> = []
    try processes.update { (process) throws(TraceError) in
      let identifier = process.ring.origin.process
      if let text = system.contents(of: "/proc/\(identifier)/smaps_rollup"),
        let sample = ResidentReading.parse(
          text, timeNs: now - min(now, process.ring.origin.startNs),
          recorderBytes: process.recorderBytes)
      {
        process.add(sample)
      } else if !system.isAlive(identifier) {
        ended.insert(identifier)
      }
      try process.flushWhenDue(now: now)
    }
    if !ended.isEmpty {
      try seal(endNs: now, caveats: []) { ended.contains($0.ring.origin.process) }
    }
  }

  private mutating func seal(
    endNs: UInt64, caveats: [String], where matches: (borrowing ProcessRecording) -> Bool
  ) throws(TraceError) {
    let sealed = try processes.remove(where: matches) { (process) throws(TraceError) in
      try process.seal(endNs: endNs, caveats: caveats)
    }
    files += sealed
  }

  private mutating func sealAll(endNs: UInt64) throws(TraceError) {
    let system = self.system
    try seal(
      endNs: endNs, caveats: ["The process still ran when the recording ended."]
    ) { system.isAlive($0.ring.origin.process) }
    try seal(endNs: endNs, caveats: []) { _ in true }
  }
}
