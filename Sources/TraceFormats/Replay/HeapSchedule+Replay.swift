extension HeapSchedule {
  /// Feeds the records of all instances to `target` in time order, with samples in between.
  ///
  /// At equal times the lower instance comes first, and a sampling point comes after all events of
  /// its time. Returns the number of records applied. `shouldStop` is asked at every sampling point;
  /// a stopped replay leaves the target valid as of the last sample.
  ///
  /// Inlinable, so that the calls into the target are direct ones.
  @discardableResult
  @inlinable
  public func replay(
    _ trace: borrowing HeapTrace, into target: inout some HeapReplayTarget & ~Copyable,
    shouldStop: () -> Bool = { false }
  ) -> UInt64 {
    let records = trace.records
    var cursors = [Cursor]()
    for offset in offsetsNs { cursors.append(Cursor(startNs: offset, index: 0)) }
    var applied: UInt64 = 0
    for sampleTime in sampleTimesNs {
      while true {
        guard let next = earliest(cursors, records, until: sampleTime) else { break }
        let until = secondEarliest(cursors, records, except: next, limit: sampleTime)
        applied += run(
          &cursors[next], instance: next, records, until: until, into: &target)
      }
      target.sample(timeNs: sampleTime)
      if shouldStop() { break }
    }
    return applied
  }

  /// Where one instance stands.
  @usableFromInline
  struct Cursor {
    /// When its current pass began, ns of the run.
    @usableFromInline
    var startNs: UInt64
    /// The next record; `records.count` once all are applied and the pass waits for its end.
    @usableFromInline
    var index: Int

    @inlinable
    init(startNs: UInt64, index: Int) {
      self.startNs = startNs
      self.index = index
    }
  }

  /// Time of the next event of a cursor; nil when it has none left.
  @inlinable
  func nextTime(_ cursor: Cursor, _ records: [HeapRecord]) -> UInt64? {
    if cursor.index < records.count { return cursor.startNs + records[cursor.index].timeNs }
    return restarts ? cursor.startNs + spanNs : nil
  }

  @inlinable
  func earliest(
    _ cursors: [Cursor], _ records: [HeapRecord], until limit: UInt64
  ) -> Int? {
    var best: Int?
    var bestTime = UInt64.max
    for (index, cursor) in cursors.enumerated() {
      guard let time = nextTime(cursor, records), time <= limit, time < bestTime else { continue }
      best = index
      bestTime = time
    }
    return best
  }

  /// How far instance `chosen` may run before another one has its turn, inclusive.
  @inlinable
  func secondEarliest(
    _ cursors: [Cursor], _ records: [HeapRecord], except chosen: Int, limit: UInt64
  ) -> UInt64 {
    var bound = limit
    for (index, cursor) in cursors.enumerated() where index != chosen {
      guard let time = nextTime(cursor, records) else { continue }
      // At equal times the lower instance goes first.
      let last = index < chosen ? (time == 0 ? 0 : time - 1) : time
      bound = min(bound, last)
    }
    return bound
  }

  @inlinable
  func run(
    _ cursor: inout Cursor, instance: Int, _ records: [HeapRecord], until: UInt64,
    into target: inout some HeapReplayTarget & ~Copyable
  ) -> UInt64 {
    let first = cursor.index
    var index = first
    while index < records.count, cursor.startNs + records[index].timeNs <= until {
      target.apply(records[index], instance: instance)
      index += 1
    }
    cursor.index = index
    if index == records.count, restarts, cursor.startNs + spanNs <= until {
      target.exit(instance: instance)
      cursor = Cursor(startNs: cursor.startNs + spanNs, index: 0)
    }
    return UInt64(index - first)
  }
}
