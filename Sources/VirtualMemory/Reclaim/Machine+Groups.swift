internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Makes a memory group (Linux's memory cgroup) for `spawn`. User frames are charged to the group of
  /// the task that first touches them.
  /// - Parameter limit: frames; nil for none.
  public mutating func makeGroup(limit: Int? = nil) -> UInt16 {
    groups.append(MemoryGroup())
    groups[groups.count - 1].limit = limit
    return UInt16(groups.count - 1)
  }

  /// Sets a group's limit (memory.max), in frames. What is charged above it is reclaimed at once; where
  /// that does not suffice, the out-of-memory killer ends tasks of the group.
  public mutating func setLimit(_ group: UInt16, _ limit: Int?) {
    groups[Int(group)].limit = limit
    guard let limit, limit < groups[Int(group)].charged else { return }
    repeat {
      if makeRoom(in: Int(group), count: 0) { return }
      exhaustedGroup = Int(group)
    } while killForMemory() != nil
  }

  /// User frames charged to a group.
  public func charge(of group: UInt16) -> Int { groups[Int(group)].charged }

  func isAtLimit(_ group: Int) -> Bool {
    guard let limit = groups[group].limit else { return false }
    return groups[group].charged >= limit
  }

  /// Reclaims within a group until `count` frames more may be charged; false when that fails in 16
  /// rounds.
  @inline(never)
  mutating func makeRoom(in group: Int, count: Int = 1) -> Bool {
    guard let limit = groups[group].limit else { return true }
    var failures = 0
    while groups[group].charged + count > limit {
      var control = ReclaimControl(
        .group, target: max(Self.batch, groups[group].charged + count - limit), group: group)
      reclaim(&control)
      if control.scanned == 0 || failures == Self.fruitlessRounds {
        exhaustedGroup = group
        return false
      }
      failures = control.reclaimed == 0 ? failures + 1 : 0
    }
    return true
  }
}
