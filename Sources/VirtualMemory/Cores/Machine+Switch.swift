package import MemoryUnits
internal import Translation

extension Machine {
  /// Makes `core` run a task, or idle with the address space that it has.
  public mutating func run(_ task: TaskID?, on core: Int) {
    let cpu = cores[core]
    if let task, tasks[task].state != .running { fatalError("task \(task) has ended") }
    currentCore = core
    guard cpu.task != task || task == nil else { return }
    if let task { leaveOtherCore(task, core) }
    cpu.task = task
    counters.contextSwitches &+= 1
    note(.contextSwitch(to: task))
    if let task { load(tasks[task].space, cpu) }
  }

  /// Chooses the core on which the next calls run.
  public mutating func currentCore(_ core: Int) {
    precondition(core < cores.count, "a machine has no such core")
    currentCore = core
  }

  /// The frame that a core's TLBs hold for a user address of the address space in use; nil for none.
  package func cachedFrame(_ address: UInt64, core: Int) -> FrameNumber? {
    var found: FrameNumber?
    let context = UInt16(cores[core].context)
    cores[core].mmu.forEachEntry { entry in
      if entry.virtualPage == address >> 12, entry.asid == context { found = entry.frame }
    }
    return found
  }

  /// A task runs on one core at a time.
  private func leaveOtherCore(_ task: TaskID, _ core: Int) {
    for other in cores where other.index != core && other.task == task { other.task = nil }
  }

  /// Writes cr3, unless the address space is loaded and nothing has changed.
  private mutating func load(_ space: SpaceID, _ cpu: Core) {
    let context = spaces[space].context
    let generation = spaces[space].tlbGeneration
    if cpu.loaded == space, cpu.contexts[cpu.context].space == context {
      // Back from idling: what changed meanwhile was not flushed here.
      if cpu.contexts[cpu.context].generation != generation {
        cpu.mmu.invalidate(asid: UInt16(cpu.context))
        cpu.contexts[cpu.context].generation = generation
        counters.tlbLocalFlushAll &+= 1
      }
      spaces[space].cores.insert(cpu.index)
      return
    }
    if let old = cpu.loaded, spaces.has(old) { spaces[old].cores.remove(cpu.index) }
    elapsed += costs.switchSpace
    let known = cpu.contexts.firstIndex { $0.space == context }
    let slot = known ?? cpu.victim
    if known == nil { cpu.victim = (slot + 1) % cpu.contexts.count }
    let isCurrent =
      configuration.hasPCID && known != nil && cpu.contexts[slot].generation == generation
    if !isCurrent { counters.tlbLocalFlushAll &+= 1 }
    cpu.mmu.load(root: spaces[space].root, asid: UInt16(slot), flush: !isCurrent)
    cpu.context = slot
    cpu.contexts[slot] = Core.Context(space: context, generation: generation)
    cpu.loaded = space
    spaces[space].cores.insert(cpu.index)
  }

  /// Makes the current core run a task, if no other core does; returns the core that does.
  mutating func activate(_ task: TaskID) -> Core {
    if cores[currentCore].task == task { return cores[currentCore] }
    if let running = cores.first(where: { $0.task == task }) {
      currentCore = running.index
    } else {
      run(task, on: currentCore)
    }
    return cores[currentCore]
  }

  /// Takes an address space that ends off all cores, which go on in the kernel's tables.
  mutating func unload(_ space: SpaceID) {
    for cpu in cores where cpu.loaded == space {
      cpu.mmu.load(root: kernelRoot, asid: UInt16(cpu.context), flush: true)
      cpu.contexts[cpu.context] = Core.Context()
      cpu.loaded = nil
      cpu.task = nil
    }
    for cpu in cores {
      for slot in cpu.contexts.indices where cpu.contexts[slot].space == spaces[space].context {
        cpu.contexts[slot] = Core.Context()
      }
    }
  }
}
