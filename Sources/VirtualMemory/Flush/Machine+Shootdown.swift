internal import MemoryUnits
internal import Translation

/// A TLB shootdown under way: between the change of the entries and the last acknowledgement.
///
/// 1. the initiator has changed the entries; 2. it finds the cores that may hold old translations;
/// 3. it interrupts them; 4. while it waits it invalidates its own; 5. each of the others enters the
/// handler and invalidates; 6. it acknowledges; 7. after all of them the shootdown is complete, and
/// only then may the frames be used again.
package struct Shootdown {
  let space: SpaceID
  let range: PageRange
  /// The generation of the address space that the flush brings a core to.
  let generation: UInt64
  /// Cores that have yet to acknowledge.
  package internal(set) var waiting: CoreSet
}

extension Machine {
  /// Makes every core forget translations of these pages before it returns.
  /// - Parameter freesTables: tables go too, which walk caches may hold: idle cores are not spared.
  mutating func flush(_ space: SpaceID, _ range: PageRange, freesTables: Bool = false) {
    var shootdown = beginShootdown(space, range, freesTables: freesTables)
    while let core = shootdown.waiting.first { acknowledge(&shootdown, core) }
    complete(shootdown)
  }

  /// Steps 1 to 4.
  package mutating func beginShootdown(
    _ space: SpaceID, _ range: PageRange, freesTables: Bool = false
  ) -> Shootdown {
    note(.shootdown(.entryChanged(page: range.start, count: range.count)))
    spaces[space].tlbGeneration &+= 1
    var targets = spaces[space].cores
    targets.remove(currentCore)
    for core in cores where core.isLazy && !freesTables { targets.remove(core.index) }
    note(.shootdown(.targetsFound(targets)))
    for core in cores where targets.contains(core.index) {
      counters.tlbRemoteFlush &+= 1
      elapsed += costs.interrupt
      note(.shootdown(.interruptSent(to: core.index)))
    }
    let shootdown = Shootdown(
      space: space, range: range, generation: spaces[space].tlbGeneration, waiting: targets)
    if spaces[space].cores.contains(currentCore) {
      invalidate(shootdown, cores[currentCore])
      note(.shootdown(.localInvalidated))
    }
    return shootdown
  }

  /// Steps 5 and 6 of one core.
  package mutating func acknowledge(_ shootdown: inout Shootdown, _ core: Int) {
    guard shootdown.waiting.contains(core) else { return }
    counters.tlbRemoteFlushReceived &+= 1
    invalidate(shootdown, cores[core])
    note(.shootdown(.handlerInvalidated(core: core)))
    shootdown.waiting.remove(core)
    note(.shootdown(.acknowledged(core: core)))
  }

  /// Step 7.
  package mutating func complete(_ shootdown: Shootdown) {
    guard shootdown.waiting.isEmpty else { fatalError("a shootdown completes without all cores") }
    note(.shootdown(.completed))
  }

  /// What a core does: page by page, or all of the address space above 33 pages (Linux's
  /// tlb_single_page_flush_ceiling), or when it missed a flush before.
  private mutating func invalidate(_ shootdown: Shootdown, _ core: Core) {
    let context = spaces[shootdown.space].context
    guard core.contexts[core.context].space == context else { return }
    let asid = UInt16(core.context)
    let isNext = core.contexts[core.context].generation &+ 1 == shootdown.generation
    // A range without pages stands for tables alone, to which the walk caches lead.
    if isNext, !shootdown.range.isEmpty, shootdown.range.count <= Self.singlePageFlushCeiling {
      core.mmu.invalidate(
        from: UInt64(shootdown.range.start) << 12, to: UInt64(shootdown.range.end) << 12, asid: asid
      )
      counters.tlbLocalFlushOne &+= UInt64(shootdown.range.count)
      elapsed += costs.invalidatePage * UInt64(shootdown.range.count)
    } else {
      core.mmu.invalidate(asid: asid)
      counters.tlbLocalFlushAll &+= 1
      elapsed += costs.switchSpace
    }
    core.contexts[core.context].generation = shootdown.generation
  }

  private static var singlePageFlushCeiling: Int { 33 }

  /// Makes the current core forget one translation that now allows more.
  mutating func flushLocal(_ space: SpaceID, _ page: Int) {
    let core = cores[currentCore]
    guard core.loaded == space else { return }
    core.mmu.invalidate(UInt64(page) << 12)
  }
}
