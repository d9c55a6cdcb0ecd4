internal import CHardware

extension MMU {
  /// Tells the host that an address will be translated some ten translations later, as a replay knows:
  /// what a miss would read of this process's memory comes near meanwhile. Changes nothing of the
  /// simulated machine.
  ///
  /// Worth its twenty instructions where most accesses miss the first level.
  @inline(never)
  public func prepare(_ address: UInt64, _ contents: borrowing FrameContents) {
    unsafe state.pointee.prepare(address, contents)
  }
}

extension MMUState {
  @inline(__always)
  func prepare(_ address: UInt64, _ contents: borrowing FrameContents) {
    let page = address &>> 12
    if data.store.mayHold(page) { return }
    second.store.prefetch(second.small.row(page))
    let number = page &>> 9
    let slot = walker.caches.store.prediction(PrefixStore.hash(number, class: 1))
    let entry = walker.caches.store.entry(slot)
    if entry.matches(page | walker.asid) {
      contents.prefetchEntry(entry.word, Int(truncatingIfNeeded: page) & 511)
    }
  }
}

extension AssociativeStore {
  /// The tags of a row.
  @inline(__always)
  func prefetch(_ row: Int) {
    // A prefetch beyond the end does nothing.
    unsafe framelab_prefetch(tags + row)
  }
}

extension FrameContents {
  /// Word `slot` of the table whose frame is in the base of `word`.
  @inline(__always)
  func prefetchEntry(_ word: UInt64, _ slot: Int) {
    let table = Int(truncatingIfNeeded: word &>> 12)
    if table < frameCount { unsafe framelab_prefetch(base + table &<< 12 + slot &<< 3) }
  }
}
