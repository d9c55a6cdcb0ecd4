internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Checks that no TLB holds what the tables do not allow. Entries of a context that is behind its
  /// address space are flushed before they can be used, and count for nothing.
  mutating func validateTLBs() {
    for core in cores {
      var current: [UInt16: SpaceID] = [:]
      for (slot, context) in core.contexts.enumerated() where context.space != 0 {
        // With an address space that runs on the core there is no later moment to flush.
        let owner = spaces.all.first { spaces[$0].context == context.space }
        guard let owner else { continue }
        let isRunning = slot == core.context && core.task != nil
        if isRunning || context.generation == spaces[owner].tlbGeneration {
          current[UInt16(slot)] = owner
        }
      }
      var entries: [TLBEntry] = []
      core.mmu.forEachEntry { entries.append($0) }
      for entry in entries where !entry.isGlobal {
        guard let space = current[entry.asid] else { continue }
        validate(entry, space)
      }
      var tables: [(asid: UInt16, frame: FrameNumber)] = []
      core.mmu.forEachCachedTable { tables.append(($0, $1)) }
      for table in tables {
        guard let space = current[table.asid] else { continue }
        let owner = memory.frames.owner(of: table.frame)
        guard owner.state == .pageTable, !memory.zone.allocator.isFree(table.frame),
          owner.object == space.rawValue || owner.object == SpaceID.kernel.rawValue
        else {
          fatalError("machine: a walk cache leads to a table that is gone: \(table.frame.index)")
        }
      }
      if let task = core.task, tasks[task].state != .running {
        fatalError("machine: core \(core.index) runs a task that has ended: \(task)")
      }
    }
  }

  private mutating func validate(_ cached: TLBEntry, _ space: SpaceID) {
    let page = Int(truncatingIfNeeded: cached.virtualPage)
    let entry = entry(space, page)
    guard entry.isPresent, entry.frame == cached.frame, !cached.isWritable || entry.isWritable,
      !cached.isDirty || entry.isDirty, !cached.isExecutable || !entry.has(.executeDisable)
    else { fatalError("machine: a TLB holds what the tables do not allow: \(page)") }
  }
}
