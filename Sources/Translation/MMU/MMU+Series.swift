extension MMU {
  /// Translates up to `count` accesses one after the other, as so many calls of `translate` would, and
  /// gives each result to `body`. Ends early where `body` returns false, as it must after a fault that is
  /// to be handled. Returns how many were given to `body`.
  ///
  /// What one call costs beside the lookup is paid once for all, and what a miss will read of this
  /// process's memory is asked for some accesses before.
  ///
  /// - Parameters:
  ///   - request: the access of an index; some are asked for more than once and out of order.
  ///   - body: must not use this MMU.
  @inlinable
  @inline(__always)
  public func translate(
    _ count: Int, _ contents: inout FrameContents,
    _ request: (_ index: Int) -> (address: UInt64, access: Access),
    _ body: (_ index: Int, _ result: Translated) -> Bool
  ) -> Int {
    var index = 0
    let isLogged = unsafe state.pointee.data.store.isLogged
    while index < count {
      if unsafe isLogged && !state.pointee.isMissing {
        index = hits(from: index, to: count, request, body)
        if index < 0 { return ~index }
        if index == count { break }
      }
      let (address, access) = request(index)
      let ahead = request(min(index &+ Self.ahead, count &- 1)).address
      let found = unsafe state.pointee.translate(address, access, &contents, ahead: ahead)
      let goesOn = body(index, found)
      index &+= 1
      if !goesOn { break }
    }
    return index
  }

  /// The accesses from `start` on that hit the first level where they are predicted to, given to `body`.
  /// Returns the first that does not, or `end`; ~ the next one where `body` returned false.
  @inlinable
  @inline(__always)
  func hits(
    from start: Int, to end: Int,
    _ request: (_ index: Int) -> (address: UInt64, access: Access),
    _ body: (_ index: Int, _ result: Translated) -> Bool
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
      let goesOn = body(index, Translated(rawValue: address &+ (entry.word & ~0xfff)))
      index &+= 1
      if !goesOn {
        unsafe state.pointee.data.store.clock = clock
        return ~index
      }
    }
    unsafe state.pointee.data.store.clock = clock
    return index
  }

  /// How many accesses before its own an address is made known to the host.
  @inlinable static var ahead: Int { 8 }
}

extension MMUState {
  /// One access of a series.
  ///
  /// - Parameter ahead: an address that will be looked up soon.
  @inline(never)
  @usableFromInline
  mutating func translate(
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents, ahead: UInt64
  ) -> Translated {
    if access.isExecute {
      let word = instruction.hit(address, access, walker.asid)
      if word != 0 { return Translated(rawValue: address &+ (word & ~0xfff)) }
      return resolveInstruction(address, access, &contents)
    }
    let word = data.hit(address, access, walker.asid)
    isMissing = word == 0
    if !isMissing { return Translated(rawValue: address &+ (word & ~0xfff)) }
    // Fewer tables are near anyhow.
    if unsafe walker.caches.classes[1].valid > 64 { prepareLeaf(ahead, contents) }
    let quick = Self.quick(&data, &second, &walker, address, access, &contents)
    if quick != .max { return Translated(rawValue: quick) }
    return resolveAnyData(address, access, &contents)
  }

  /// Asks for the leaf of an address in the table that its walk will probably read.
  @inline(__always)
  private func prepareLeaf(_ address: UInt64, _ contents: borrowing FrameContents) {
    let page = address &>> 12
    let slot = walker.caches.store.prediction(PrefixStore.hash(page &>> 9, class: 1))
    contents.prefetchEntry(
      walker.caches.store.entry(slot).word, Int(truncatingIfNeeded: page) & 511)
  }
}
