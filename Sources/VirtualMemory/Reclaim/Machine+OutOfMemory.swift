internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Linux's points of a task: frames, pages in swap and page tables of its address space, and
  /// oom_score_adj thousandths of all memory and swap more; nil for a task that must not be killed
  /// (oom_badness).
  public func outOfMemoryPoints(_ task: TaskID) -> Int? {
    outOfMemoryPoints(task, total: configuration.frameCount + configuration.swapPages)
  }

  private func outOfMemoryPoints(_ id: TaskID, total: Int) -> Int? {
    let task = tasks[id]
    guard task.state == .running, task.oomScoreAdjustment > -1000 else { return nil }
    let space = spaces[task.space]
    return space.resident.total + space.resident.swapped + space.tablePages
      + task.oomScoreAdjustment * (total / 1000)
  }

  /// The task with the most points among those that the shortage is about, the youngest of equals.
  private func victim() -> TaskID? {
    var total = configuration.frameCount + configuration.swapPages
    if let group = exhaustedGroup, let limit = groups[group].limit {
      total = limit + configuration.swapPages
    }
    var chosen: (task: TaskID, points: Int)?
    for task in tasks.all where tasks[task].state == .running {
      if let group = exhaustedGroup, Int(spaces[tasks[task].space].group) != group { continue }
      guard let points = outOfMemoryPoints(task, total: total) else { continue }
      if points >= chosen?.points ?? .min { chosen = (task, points) }
    }
    return chosen?.task
  }

  /// Ends the task that Linux would choose, and all others in its address space; their memory is free
  /// at once. Nil when there is nobody to end. Only where no operation is under way.
  mutating func killForMemory() -> TaskID? {
    guard let victim = victim() else { return nil }
    let space = tasks[victim].space
    counters.oomKill &+= 1
    note(.oomKill(victim))
    let signal = Signal(.killed, address: 0)
    for task in tasks.all where tasks[task].state == .running && tasks[task].space == space {
      tasks[task].pending.append(signal)
      end(task, .killed(signal))
    }
    reclaimer.failures = 0
    return victim
  }

  /// After a system call that took nothing has failed: if it found memory at its end, a task is killed
  /// and the call may be tried again, unless its own task was the one. Rethrows the error otherwise.
  /// - Parameter refusals: `self.refusals` before the call.
  mutating func killForCall(
    _ task: TaskID?, _ refusals: UInt64, _ error: Errno
  ) throws(Errno) {
    guard error == .noMemory, self.refusals > refusals, killForMemory() != nil
    else { throw error }
    if let task, tasks[task].state != .running { throw error }
  }
}

extension Machine {
  /// Writes a task's oom_score_adj, -1000...1000. Errors: EINVAL.
  public mutating func setOutOfMemoryAdjustment(
    _ task: TaskID, _ adjustment: Int
  ) throws(Errno) {
    guard (-1000...1000).contains(adjustment) else { throw .invalid }
    tasks[task].oomScoreAdjustment = adjustment
  }
}
