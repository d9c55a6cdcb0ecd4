import Baselines
import Results
import Testing
import TraceFormats

@Suite("Several instances as the sum of one measured pass")
struct InstanceFoldTests {
  /// A pass of 100 ns whose values tell the sample: live t, held 10 t, blocks 100 t, huge 1000 t.
  static let pass = stride(from: UInt64(0), to: 100, by: 10).map { sample(at: $0) }

  static func sample(at time: UInt64) -> Sample {
    var sample = Sample(timeNs: time, liveBytes: time, heldBytes: 10 * time)
    sample.liveBlocks = 100 * time
    sample.anonHugeBytes = 1000 * time
    return sample
  }

  @Test(
    "a pass that is sampled where the instances stand folds exactly", arguments: [UInt64(1), 2, 3])
  func exact(seed: UInt64) {
    let schedule = HeapSchedule(spanNs: 9973, instances: 7, seed: seed, samples: 40)
    let times = InstanceFold.sampleTimes(for: schedule, limit: 7 * 40 + 2)
    #expect(times == times.sorted() && Set(times).count == times.count)
    #expect(times.first == 0 && times.last == 9973)
    for sample in InstanceFold.fold(times.map(Self.sample(at:)), over: schedule) {
      let places = schedule.offsetsNs.filter { $0 <= sample.timeNs }
        .map { (sample.timeNs - $0) % 9973 }
      #expect(sample.liveBytes == places.reduce(0, +), "seed \(seed), time \(sample.timeNs)")
    }
  }

  @Test("a pass with more places than the limit is sampled evenly, from its start to its end")
  func even() {
    let schedule = HeapSchedule(spanNs: 1000, instances: 9, seed: 1, samples: 100)
    #expect(InstanceFold.sampleTimes(for: schedule, limit: 5) == [0, 250, 500, 750, 1000])
    let long = HeapSchedule(spanNs: .max / 4, instances: 9, seed: 1, samples: 100)
    let times = InstanceFold.sampleTimes(for: long, limit: 256)
    #expect(times.count == 256 && times.first == 0 && times.last == .max / 4)
  }

  @Test(
    "equals the obvious sum over instances, with restarts", arguments: 1...8 as ClosedRange<UInt64>)
  func sums(seed: UInt64) {
    let schedule = HeapSchedule(spanNs: 100, instances: 5, seed: seed, samples: 37)
    let folded = InstanceFold.fold(Self.pass, over: schedule)
    #expect(folded.map(\.timeNs) == schedule.sampleTimesNs)
    for sample in folded {
      var live: UInt64 = 0
      for offset in schedule.offsetsNs where offset <= sample.timeNs {
        live += (sample.timeNs - offset) % 100 / 10 * 10
      }
      #expect(sample.liveBytes == live, "seed \(seed), time \(sample.timeNs)")
      #expect(sample.heldBytes == 10 * live)
      #expect(sample.liveBlocks == 100 * live)
      #expect(sample.anonHugeBytes == 1000 * live)
    }
  }

  @Test("one instance runs once and keeps what it has; an unknown value stays unknown")
  func single() {
    let schedule = HeapSchedule(
      spanNs: 100, instances: 1, seed: 1, durationNs: 200, samples: 4)
    var pass = Self.pass
    pass[5].liveBlocks = nil
    let folded = InstanceFold.fold(pass, over: schedule)
    #expect(folded.map(\.liveBytes) == [50, 90, 90, 90])
    #expect(folded.map(\.liveBlocks) == [nil, 9000, 9000, 9000])
  }

  @Test("before its start an instance holds nothing")
  func beforeStart() {
    let schedule = HeapSchedule(spanNs: 1000, instances: 3, seed: 9, samples: 1000)
    let late = schedule.offsetsNs.filter { $0 > 0 }.min() ?? 0
    let pass = [Sample(timeNs: 0, liveBytes: 7, heldBytes: 7)]
    for sample in InstanceFold.fold(pass, over: schedule) where sample.timeNs < late {
      #expect(sample.liveBytes == 7)
    }
  }
}
