public import Results
public import TraceFormats

/// N instances of a recording from one measured pass: at any time each instance stands somewhere in
/// the pass, and what all of them hold together is the sum of what the measured process held there.
public enum InstanceFold {
  /// Sampling times of a pass, from its start on, evenly spaced.
  public static func sampleTimes(spanNs: UInt64, count: Int) -> [UInt64] {
    let count = UInt64(max(count, 1))
    return (0..<count).map { spanNs / count * $0 + spanNs % count * $0 / count }
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
      for offset in schedule.offsetsNs where offset <= time {
        let elapsed = time - offset
        let place = schedule.restarts ? elapsed % schedule.spanNs : elapsed
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
    var low = 0
    var high = pass.count
    while low < high {
      let middle = (low + high) / 2
      if pass[middle].timeNs <= time { low = middle + 1 } else { high = middle }
    }
    return low == 0 ? nil : pass[low - 1]
  }
}
