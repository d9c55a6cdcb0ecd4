package import Translation

extension Machine {
  /// What a core does and remembers, as a copy to look at.
  package struct CoreState {
    /// The task that runs; nil while the core idles.
    package let task: TaskID?
    /// The address space in cr3; nil for the kernel's tables alone.
    package let loaded: SpaceID?
    /// The context (ASID, PCID) in use.
    package let context: Int
    /// Valid entries of all TLBs; one that is held on two levels comes twice.
    package let entries: [TLBEntry]
  }

  package var coreCount: Int { cores.count }

  package func coreState(_ core: Int) -> CoreState {
    let cpu = cores[core]
    var entries: [TLBEntry] = []
    cpu.mmu.forEachEntry { entries.append($0) }
    return CoreState(task: cpu.task, loaded: cpu.loaded, context: cpu.context, entries: entries)
  }
}
