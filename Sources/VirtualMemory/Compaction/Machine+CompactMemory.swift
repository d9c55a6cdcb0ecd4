internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Writes /proc/sys/vm/compact_memory: all memory is compacted as far as it goes. Returns the pages
  /// that moved.
  @discardableResult
  public mutating func compactMemory() -> Int {
    var run = CompactionRun(.user, .sync, nil, isWhole: true)
    _ = compact(&run)
    return run.moved
  }

  /// Writes vm.compaction_proactiveness, 0...100: the background compactor looks at once whether there
  /// is something to do. Errors: EINVAL.
  public mutating func setCompactionProactiveness(_ value: Int) throws(Errno) {
    guard (0...100).contains(value) else { throw .invalid }
    compaction.settings.compactionProactiveness = value
    compaction.daemon.isTriggered = value > 0
    compaction.daemon.plan()
    runCompactor()
  }

  /// Writes vm.extfrag_threshold, 0...1000. Errors: EINVAL.
  public mutating func setExtfragThreshold(_ value: Int) throws(Errno) {
    guard (0...1000).contains(value) else { throw .invalid }
    compaction.settings.extfragThreshold = value
  }

  /// Writes vm.compact_unevictable_allowed.
  public mutating func setCompactUnevictableAllowed(_ isAllowed: Bool) {
    compaction.settings.compactUnevictableAllowed = isAllowed
  }

  /// What is set now.
  public var compactionSettings: CompactionSettings { compaction.settings }
}
