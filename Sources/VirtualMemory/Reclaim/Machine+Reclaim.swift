internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Reclaims until the target is reached, from the highest priority down (Linux:
  /// do_try_to_free_pages).
  mutating func reclaim(_ control: inout ReclaimControl) {
    for round in 0..<2 {
      control.forcesDeactivation = round == 1
      control.priority = ReclaimControl.firstPriority
      while control.priority >= 0 {
        pass(&control)
        if control.reclaimed >= control.target { return }
        control.priority -= 1
      }
      if control.reclaimed > 0 || !control.hasSkippedDeactivation { return }
    }
  }

  /// One pass over the groups at one priority. Whoever needs frames now stops at the target, and the
  /// next one begins with the next group.
  mutating func pass(_ control: inout ReclaimControl) {
    if huge.settings != nil { shrinkDeferred(&control) }
    if let group = control.group { return shrink(group, &control) }
    for step in 0..<groups.count {
      let group = (reclaimer.nextGroup + step) % groups.count
      guard groups[group].charged > 0 else { continue }
      shrink(group, &control)
      if control.cause == .direct, control.reclaimed >= control.target {
        reclaimer.nextGroup = (group + 1) % groups.count
        return
      }
    }
  }

  /// Shortens the lists of one group (Linux: shrink_lruvec): by turns of 32 frames per list, until each
  /// has had its share or the target is reached.
  private mutating func shrink(_ group: Int, _ control: inout ReclaimControl) {
    var balance = balance(of: group, control)
    while balance.inactiveAnonymous > 0 || balance.inactiveFile > 0 || balance.activeFile > 0 {
      for kind in LRULists.Kind.evictable {
        let turn = min(balance[kind], Self.batch)
        guard turn > 0 else { continue }
        balance[kind] -= turn
        if kind.isActive {
          let isLow = isInactiveLow(group, isFile: kind.isFile)
          if isLow || control.forcesDeactivation {
            shrinkActive(group, kind, turn)
          } else {
            control.hasSkippedDeactivation = true
          }
        } else {
          shrinkInactive(group, kind, turn, &control)
        }
      }
      if control.reclaimed >= control.target { break }
    }
    if swap.count > 0, isInactiveLow(group, isFile: false) {
      shrinkActive(group, .activeAnonymous, Self.batch)
    }
  }

  /// Whether the inactive list is too short beside the active one: less than 1 in sqrt(10 * GiB of
  /// both), at least 1 in 1 (Linux: inactive_is_low).
  func isInactiveLow(_ group: Int, isFile: Bool) -> Bool {
    let lists = groups[group].lists
    let inactive = isFile ? lists.inactiveFile.count : lists.inactiveAnonymous.count
    let active = isFile ? lists.activeFile.count : lists.activeAnonymous.count
    let gibibytes = (inactive + active) >> 18
    let ratio = gibibytes > 0 ? Self.integerRoot(10 * gibibytes) : 1
    return inactive * ratio < active
  }

  static func integerRoot(_ value: Int) -> Int {
    var root = 0
    while (root + 1) * (root + 1) <= value { root += 1 }
    return root
  }
}
