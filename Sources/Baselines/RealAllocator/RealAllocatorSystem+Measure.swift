internal import LinuxHost
public import Results
public import TraceFormats

extension RealAllocatorSystem {
  /// Runs the recording once in a process of its own and returns what was measured, for all
  /// instances of `schedule`.
  ///
  /// `counters` and `timing` are those of the one process, and so are `statistics`: the allocator's
  /// own, at the end and, with `_at_peak`, at the sample with the most live bytes. `progress` gets the done part, 0...1;
  /// `isInterrupted` is asked several times a second.
  ///
  /// - Throws: `CancellationError` after an interruption; `RealAllocatorError` when the process
  ///   cannot be started, crashes, or makes no progress for `silenceLimitMs`.
  public func measure(
    _ recording: RealAllocatorRecording, schedule: HeapSchedule, seed: UInt64,
    progress: (Double) -> Void = { _ in }, isInterrupted: () -> Bool = { false }
  ) throws -> Repetition {
    let process = try start(on: recording.file)
    var pass = Pass(records: recording.file.recordCount)
    var silence: Int32 = 0
    loop: while true {
      if isInterrupted() { throw CancellationError() }
      switch process.next(waiting: Self.patience) {
      case .line(let line):
        silence = 0
        guard let line = DriverLine(line), pass.take(line) else {
          throw RealAllocatorError(allocator, "heap-driver sent a line that is none of its own")
        }
        progress(pass.doneFraction)
      case .silence:
        silence += Self.patience
        if silence >= silenceLimitMs {
          throw RealAllocatorError(
            allocator, "made no progress for \(silence) ms after \(pass.place); stopped")
        }
      case .ended(let exit):
        if let failure = Self.failure(exit, process.lastWords) {
          throw RealAllocatorError(allocator, "\(failure), after \(pass.place)")
        }
        break loop
      }
    }
    guard let end = pass.end, pass.samples.count == recording.sampleTimesNs.count else {
      throw RealAllocatorError(allocator, "heap-driver ended early, after \(pass.place)")
    }
    progress(1)
    return Self.repetition(pass.samples, end, schedule, seed: seed)
  }

  /// Time between two looks at what else goes on, ms.
  private static let patience: Int32 = 100

  private static func repetition(
    _ pass: [DriverSample], _ end: DriverLine, _ schedule: HeapSchedule, seed: UInt64
  ) -> Repetition {
    let samples = pass.map(\.sample)
    var result = Repetition(
      seed: seed,
      samples: schedule.instances == 1 ? samples : InstanceFold.fold(samples, over: schedule))
    result.counters = [
      "records": end["end"] ?? 0,
      "failed_allocations": end["failed_allocations"] ?? 0,
      "threads": 1 + (end["threads_made"] ?? 0),
      "hand_overs": end["hand_overs"] ?? 0,
    ]
    if let last = pass.last {
      result.counters["resident_blocks_2mib_at_end"] = last.residentBlocks
      result.counters["resident_blocks_2mib_without_live_data_at_end"] = last.emptyBlocks
    }
    result.statistics = end.statistics
    if let peak = pass.max(by: { $0.sample.liveBytes < $1.sample.liveBytes }) {
      for (name, value) in peak.statistics { result.statistics["\(name)_at_peak"] = value }
    }
    result.timing = Timing(
      wallNs: end["wall_ns"] ?? 0, cpuNs: end["cpu_ns"] ?? 0, records: end["end"] ?? 0)
    return result
  }
}

/// What one process has told so far.
private struct Pass {
  /// All records of the file.
  let records: Int
  var done: UInt64 = 0
  var samples: [DriverSample] = []
  var end: DriverLine?

  /// False for a line that heap-driver does not send.
  mutating func take(_ line: DriverLine) -> Bool {
    if let sample = DriverSample(line) {
      samples.append(sample)
      done = max(done, line["records"] ?? 0)
    } else if let progress = line["progress"] {
      done = max(done, progress)
    } else if line["end"] != nil {
      end = line
    } else {
      return line["start"] != nil
    }
    return true
  }

  var doneFraction: Double { Double(done) / Double(max(records, 1)) }
  var place: String { "\(done) of \(records) records" }
}

/// A sample as heap-driver sends it.
private struct DriverSample {
  var sample: Sample
  /// Aligned 2 MiB blocks with a resident page, and those among them without live data.
  var residentBlocks: UInt64
  var emptyBlocks: UInt64
  /// The allocator's own.
  var statistics: [String: Double]

  init?(_ line: DriverLine) {
    guard let time = line["time_ns"], let live = line["live_bytes"],
      let resident = line["resident_bytes"], let blocks = line["live_blocks"],
      let huge = line["anon_huge_bytes"], let residentBlocks = line["resident_blocks"],
      let emptyBlocks = line["empty_blocks"]
    else { return nil }
    sample = Sample(timeNs: time, liveBytes: live, heldBytes: resident)
    sample.liveBlocks = blocks
    sample.anonHugeBytes = huge
    self.residentBlocks = residentBlocks
    self.emptyBlocks = emptyBlocks
    statistics = line.statistics
  }
}
