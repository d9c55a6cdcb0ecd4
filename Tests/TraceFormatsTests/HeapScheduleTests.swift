import Testing
import TraceFormats

/// Writes down what a replay asks of it.
private struct Journal: HeapReplayTarget {
  enum Entry: Equatable {
    case record(Int, UInt64, UInt32)
    case exit(Int)
    case sample(UInt64)
  }
  var entries: [Entry] = []

  mutating func apply(_ record: HeapRecord, instance: Int) {
    entries.append(.record(instance, record.timeNs, record.slot))
  }
  mutating func exit(instance: Int) { entries.append(.exit(instance)) }
  mutating func sample(timeNs: UInt64) { entries.append(.sample(timeNs)) }
}

@Suite("Schedule of the instances of a recording")
struct HeapScheduleTests {
  static func trace(times: [UInt64], span: UInt64) -> HeapTrace {
    let records = times.enumerated().map { index, time in
      HeapRecord(.allocate, slot: UInt32(index), size: 8, timeNs: time)
    }
    return HeapTrace(
      records: records, slotCount: records.count, threadCount: 1, spanNs: span, origin: "test")
  }

  @Test("one instance runs once, keeps what it has, and samples come after events of their time")
  func single() {
    let schedule = HeapSchedule(spanNs: 100, instances: 1, seed: 1, samples: 2)
    var journal = Journal()
    let applied = schedule.replay(Self.trace(times: [0, 50, 51, 100], span: 100), into: &journal)
    #expect(applied == 4)
    #expect(
      journal.entries == [
        .record(0, 0, 0), .record(0, 50, 1), .sample(50), .record(0, 51, 2), .record(0, 100, 3),
        .sample(100),
      ])
  }

  @Test(
    "several instances equal the obvious model: all events sorted by time and instance",
    arguments: [UInt64(1), 2, 3, 4, 5, 6, 7, 8])
  func several(seed: UInt64) {
    let times: [UInt64] = [0, 3, 3, 10, 17, 40]
    let span: UInt64 = 50
    let schedule = HeapSchedule(spanNs: span, instances: 5, seed: seed, samples: 7)
    var journal = Journal()
    schedule.replay(Self.trace(times: times, span: span), into: &journal)

    var expected: [(time: UInt64, rank: Int, order: Int, entry: Journal.Entry)] = []
    for (instance, offset) in schedule.offsetsNs.enumerated() {
      var start = offset
      var order = 0
      while start <= schedule.durationNs {
        for (slot, time) in times.enumerated() where start + time <= schedule.durationNs {
          expected.append((start + time, instance, order, .record(instance, time, UInt32(slot))))
          order += 1
        }
        start += span
        if start <= schedule.durationNs {
          expected.append((start, instance, order, .exit(instance)))
          order += 1
        }
      }
    }
    for time in schedule.sampleTimesNs { expected.append((time, .max, 0, .sample(time))) }
    expected.sort { ($0.time, $0.rank, $0.order) < ($1.time, $1.rank, $1.order) }
    #expect(journal.entries == expected.map(\.entry), "seed \(seed)")
  }

  @Test("offsets are seeded, start at zero and lie within one span")
  func offsets() {
    let one = HeapSchedule(spanNs: 1_000_000, instances: 64, seed: 9, samples: 10)
    let same = HeapSchedule(spanNs: 1_000_000, instances: 64, seed: 9, samples: 10)
    let other = HeapSchedule(spanNs: 1_000_000, instances: 64, seed: 10, samples: 10)
    #expect(one == same)
    #expect(one.offsetsNs != other.offsetsNs)
    #expect(one.offsetsNs[0] == 0)
    #expect(one.offsetsNs.allSatisfy { $0 < 1_000_000 })
    #expect(Set(one.offsetsNs).count == 64)
    #expect(one.durationNs == 2_000_000)
    #expect(one.sampleTimesNs == (1...10).map { $0 * 200_000 })
  }

  @Test("a replay that is told to stop ends after a whole sample")
  func stop() {
    let schedule = HeapSchedule(spanNs: 100, instances: 1, seed: 1, samples: 10)
    var journal = Journal()
    schedule.replay(Self.trace(times: [1, 99], span: 100), into: &journal) { true }
    #expect(journal.entries == [.record(0, 1, 0), .sample(10)])
  }
}
