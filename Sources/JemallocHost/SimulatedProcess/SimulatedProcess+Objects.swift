internal import CJemalloc
internal import VirtualMemory

extension SimulatedProcess {
  mutating func allocate(
    _ slot: Int, _ bytes: Int, thread: Int, alignmentShift: UInt8, zeroed: Bool
  ) {
    counters.allocations += 1
    let address = place(bytes, thread: thread, alignmentShift: alignmentShift)
    guard address != 0 else {
      counters.failedAllocations += 1
      objects[slot] = .none
      return
    }
    // calloc writes small objects as a whole; larger ones it takes from fresh or purged pages where
    // it can, and those stay untouched.
    let touched = zeroed && bytes <= Self.largestSmall ? bytes : 0
    settle(slot, address, bytes, allTouchedUpTo: touched)
  }

  mutating func free(_ slot: Int, thread: Int) {
    let object = objects[slot]
    objects[slot] = .none
    forget(object)
    if object.address != 0 { discard(object, thread: thread) }
  }

  /// In place where jemalloc's realloc would stay in place, else a new object, a copy and a free.
  mutating func reallocate(_ slot: Int, _ bytes: Int, thread: Int) {
    let old = objects[slot]
    guard old.address != 0 else {
      allocate(slot, bytes, thread: thread, alignmentShift: 0, zeroed: false)
      return
    }
    let wanted = max(bytes, 1)
    // In range for jemalloc, else nallocx gives 0 and the new object fails below.
    let goal = nallocx(wanted, 0)
    if goal != 0, self.thread(thread).resize(old.address, wanted) == goal {
      counters.reallocationsInPlace += 1
      forget(old)
      settle(slot, old.address, bytes, allTouchedUpTo: 0)
      return
    }
    counters.allocations += 1
    let address = place(bytes, thread: thread, alignmentShift: 0)
    guard address != 0 else {
      counters.failedAllocations += 1
      return
    }
    forget(old)
    settle(slot, address, bytes, allTouchedUpTo: min(old.bytes, bytes))
    discard(old, thread: thread)
  }

  /// jemalloc's largest small class: larger objects have extents of their own.
  private static var largestSmall: Int { 14336 }

  /// Asks jemalloc for an object; 0 when there is no address space for it.
  private mutating func place(_ bytes: Int, thread number: Int, alignmentShift: UInt8) -> Int {
    let wanted = max(bytes, 1)
    let thread = thread(number)
    // MALLOCX_LG_ALIGN(n) is n.
    var flags = Int32(alignmentShift)
    if oversizeThreshold > 0, wanted > oversizeThreshold / 2,
      nallocx(wanted, flags) >= oversizeThreshold
    {
      flags |= framelab_mallocx_arena(arenaForOversize())
    }
    return thread.allocate(wanted, flags: flags)
  }

  /// Gives an object back to jemalloc.
  private mutating func discard(_ object: HeapObject, thread number: Int) {
    thread(number).free(object.address)
  }
}
