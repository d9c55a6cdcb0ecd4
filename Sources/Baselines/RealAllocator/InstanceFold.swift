public import Results
public import TraceFormats

/// N instances of a recording from one measured pass: at any time each instance stands somewhere in
/// the pass, and what all of them hold together is the sum of what the measured process held there.
public enum InstanceFold {
  /// Times at which a pass has to be sampled to be folded over `schedule`, ascending from 0 to the
  /// span: the places where any instance stands at a sampling time, when there are at most `limit` of
  /// them, and then the fold is exact; else `limit` evenly spaced ones.
  public static func sampleTimes(for schedule: HeapSchedule, limit: Int) -> [UInt64] {
    let span = schedule.spanNs
    let places = Set(schedule.sampleTimesNs.flatMap(schedule.localTimesNs(at:)) + [0, span])
    if places.count <= limit { return places.sorted() }
    let steps = UInt64(max(limit, 2) - 1)
    return (0...steps).map { span / steps * $0 + span % steps * $0 / steps }
  }

  /// The samples of all instances of `schedule`, at its sampling times.
  ///
  /// An instance counts with the last sample of the pass at or before its place in it; before its
  /// start it holds nothing, and when it comes to its end it starts over. A value that any of the
  /// samples lacks stays unknown.
  ///
  /// - Parameter pass: samples of one process over one pass, ascending, the first at time 0.
  public static func fold(_ pass: [Sample], over schedule: HeapSchedule) -> [Sample] {
    schedule.sampleTimesNs.map { time in
      var sum = Sample(timeNs: time, liveBytes: 0, heldBytes: 0)
      sum.liveBlocks = 0
      sum.anonHugeBytes = 0
      for place in schedule.localTimesNs(at: time) {
        guard let part = sample(of: pass, at: place) else { continue }
        sum.liveBytes += part.liveBytes
        sum.heldBytes += part.heldBytes
        sum.liveBlocks = add(sum.liveBlocks, part.liveBlocks)
        sum.anonHugeBytes = add(sum.anonHugeBytes, part.anonHugeBytes)
      }
      return sum
    }
  }

  private static func add(_ left: UInt64?, _ right: UInt64?) -> UInt64? {
    guard let left, let right else { return nil }
    return left + right
  }

  /// The last sample at or before `time`.
  private static func sample(of pass: [Sample], at time: UInt64) -> Sample? {
    let next = pass.partitionPoint { $0.timeNs <= time }
    return next == 0 ? nil : pass[next - 1]
  }
}
