extension MMU {
  /// Translates up to `count` accesses one after the other, as so many calls of `translate` would, and
  /// gives each result to `body`. Ends early after a fault, so that it can be handled before the next
  /// access. Returns how many results were given to `body`, the fault among them.
  ///
  /// What one call costs beside the lookup is paid once for many, and what misses will read of this
  /// process's memory is asked for before they do.
  ///
  /// - Parameters:
  ///   - request: the access of an index; some are asked for more than once, and before the results of
  ///     earlier ones are given out.
  ///   - body: must not use this MMU; may be called after later accesses were translated.
  @inlinable
  @inline(__always)
  public func translate(
    _ count: Int, _ contents: inout FrameContents,
    _ request: (_ index: Int) -> (address: UInt64, access: Access),
    _ body: (_ index: Int, _ result: Translated) -> Void
  ) -> Int {
    var index = 0
    // Accesses from `index` on that are in the queue already.
    var queued = 0
    let isLogged = unsafe state.pointee.data.store.isLogged
    let queue = unsafe state.pointee.queue.accesses
    while index < count {
      if unsafe isLogged && !state.pointee.queue.isMissing {
        index = hits(from: index, to: count, request, body)
        if index == count { break }
        queued = 0
      }
      let known = queued
      let most = min(2 &* AccessQueue.length, count &- index)
      while queued < most {
        let (address, access) = request(index &+ queued)
        unsafe queue[queued] = QueuedAccess(word: address, access: access)
        queued &+= 1
      }
      let done = unsafe state.pointee.translateQueued(
        min(AccessQueue.length, queued), known: known, all: queued, &contents)
      for offset in 0..<done {
        unsafe body(index &+ offset, Translated(rawValue: queue[offset].word))
      }
      index &+= done
      if unsafe Translated(rawValue: queue[done &- 1].word).isFault { break }
      queued &-= done
      for offset in 0..<queued { unsafe queue[offset] = queue[offset &+ done] }
    }
    return index
  }

  /// The accesses from `start` on that hit the first level where they are predicted to, given to `body`.
  /// Returns the first that does not, or `end`.
  @inlinable
  @inline(__always)
  func hits(
    from start: Int, to end: Int,
    _ request: (_ index: Int) -> (address: UInt64, access: Access),
    _ body: (_ index: Int, _ result: Translated) -> Void
  ) -> Int {
    let entries = unsafe state.pointee.data.store.entries
    let hints = unsafe state.pointee.data.store.hints
    let log = unsafe (hints + AssociativeStore.loggedHints).withMemoryRebound(
      to: UInt16.self, capacity: AssociativeStore.clockEnd
    ) { unsafe $0 }
    let stamps = unsafe log + AssociativeStore.stampsAfterLog
    let asid = unsafe state.pointee.walker.asid
    // Nobody else uses the log between two writes of this to the store.
    var clock = unsafe state.pointee.data.store.clock
    var index = start
    while index < end {
      let (address, access) = request(index)
      let page = address &>> 12
      // In bounds: the hint is masked, and every hint names a slot.
      let hint = Int(truncatingIfNeeded: page) & (AssociativeStore.loggedHints &- 1)
      let slot = unsafe Int(hints[hint].slot)
      let entry = unsafe entries[slot]
      guard entry.matches(page | asid), entry.word & access.rawValue != 0, !access.isExecute
      else { break }
      unsafe stamps[slot] = UInt16(truncatingIfNeeded: clock)
      unsafe log[clock] = UInt16(truncatingIfNeeded: slot)
      clock &+= 1
      if _slowPath(clock == AssociativeStore.clockEnd) {
        unsafe state.pointee.data.store.clock = clock
        unsafe state.pointee.data.store.rankStamps()
        clock = unsafe state.pointee.data.store.clock
      }
      body(index, Translated(rawValue: address &+ (entry.word & ~0xfff)))
      index &+= 1
    }
    unsafe state.pointee.data.store.clock = clock
    return index
  }
}
