internal import Translation

/// One simulated core: its MMU, the task on it, and the address spaces whose translations it keeps.
///
/// With PCIDs a core keeps the translations of its last six address spaces (Linux's TLB_NR_DYN_ASIDS),
/// each under an ASID of its own, and notes up to which change of the tables they are right. Coming
/// back to an address space that has changed meanwhile flushes its ASID first. Without PCIDs every
/// change of cr3 drops all but global entries.
final class Core {
  let index: Int
  let mmu: MMU
  /// The task that runs; nil while the core idles in whatever address space was loaded last.
  var task: TaskID?
  /// What cr3 names; nil before the first task.
  var loaded: SpaceID?
  /// The context in use.
  var context = 0
  /// What each ASID holds; one context without PCIDs.
  var contexts: [Context]
  /// The next context to be given to another address space.
  var victim = 0

  struct Context {
    /// `AddressSpace.context` of its translations; 0 for none.
    var space: UInt64 = 0
    /// The `tlbGeneration` up to which they are right.
    var generation: UInt64 = 0
  }

  init(index: Int, _ configuration: MachineConfiguration) {
    self.index = index
    mmu = MMU(configuration.geometry)
    contexts = Array(repeating: Context(), count: configuration.hasPCID ? 6 : 1)
  }

  /// Running no task, with an address space still loaded (Linux's lazy TLB mode): it needs no
  /// interrupt for changes of user pages, because it looks at the generation before it goes on.
  var isLazy: Bool { task == nil && loaded != nil }
}
