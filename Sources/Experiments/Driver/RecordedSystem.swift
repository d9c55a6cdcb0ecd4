internal import Results
internal import TraceFormats

/// What the recorder saw of the program itself: the live bytes of its events beside the resident
/// bytes that the kernel reported, summed over the instances.
struct RecordedSystem {
  private let run: ExperimentRun

  /// Nil when the recording has no resident samples.
  init?(_ run: ExperimentRun) {
    if run.trace.residentSamples.isEmpty { return nil }
    self.run = run
  }

  var systemRun: SystemRun {
    var system = SystemRun(
      name: "recorded", title: "as recorded", kind: .recorded,
      properties: [
        "Resident bytes are those of the whole recorded process, program text and stacks included, "
          + "as /proc reported them about every 100 ms (less often for large processes); they are held "
          + "until the next report."
      ])
    if run.configuration.instances > 1 {
      system.properties.append(
        "One process was recorded; \(run.configuration.instances) instances are the sum of its curve "
          + "at their offsets.")
    }
    system.repetitions = (0..<run.configuration.repetitions).map { index in
      Repetition(
        seed: run.seed(repetition: index), samples: samples(run.schedule(repetition: index)))
    }
    return system
  }

  private func samples(_ schedule: HeapSchedule) -> [Sample] {
    let local = schedule.sampleTimesNs.map(schedule.localTimesNs(at:))
    let live = liveBytes(atAll: local.flatMap { $0 })
    return zip(schedule.sampleTimesNs, local).map { time, places in
      let resident = places.map(residentSample(at:))
      var sample = Sample(
        timeNs: time, liveBytes: places.reduce(0) { $0 + (live[$1] ?? 0) },
        heldBytes: resident.reduce(0) { $0 + $1.residentBytes })
      sample.anonHugeBytes = resident.reduce(0) { $0 + $1.anonHugeBytes }
      return sample
    }
  }

  /// The last report at or before a time of the recording, else the first one.
  private func residentSample(at timeNs: UInt64) -> ResidentSample {
    let all = run.trace.residentSamples
    return all[max(all.partitionPoint { $0.timeNs <= timeNs } - 1, 0)]
  }

  /// Live bytes after all events at or before each of the times.
  private func liveBytes(atAll times: [UInt64]) -> [UInt64: UInt64] {
    var sizes = [UInt64](repeating: 0, count: run.trace.slotCount)
    var live: UInt64 = 0
    var result: [UInt64: UInt64] = [:]
    var next = run.trace.records.startIndex
    for time in Set(times).sorted() {
      while next < run.trace.records.count, run.trace.records[next].timeNs <= time {
        let record = run.trace.records[next]
        live = live - sizes[Int(record.slot)] + record.size
        sizes[Int(record.slot)] = record.size
        next += 1
      }
      result[time] = live
    }
    return result
  }
}
