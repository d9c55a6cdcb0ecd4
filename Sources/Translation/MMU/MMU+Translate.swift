extension MMU {
  /// The physical address for an access, or a fault.
  ///
  /// A hit in the first level is a predicted slot, verified by its full key, and costs no call.
  @inlinable
  @inline(__always)
  public func translate(
    _ address: UInt64, _ access: Access, _ contents: inout FrameContents
  ) -> Translated {
    if access.isExecute {
      let word = unsafe state.pointee.instruction.hit(address, access, state.pointee.walker.asid)
      if _fastPath(word != 0) { return Translated(rawValue: address &+ (word & ~0xfff)) }
      return unsafe state.pointee.resolveInstruction(address, access, &contents)
    }
    let word = unsafe state.pointee.data.hit(address, access, state.pointee.walker.asid)
    if _fastPath(word != 0) { return Translated(rawValue: address &+ (word & ~0xfff)) }
    return unsafe state.pointee.resolveData(address, access, &contents)
  }
}

extension PrefixStore {
  /// The word of the predicted entry, which becomes the most recently used; 0 when it does not serve.
  @inlinable
  @inline(__always)
  mutating func hit(_ address: UInt64, _ access: Access, _ asid: UInt64) -> UInt64 {
    let page = address &>> 12
    let slot = store.prediction(page)
    let entry = store.entry(slot)
    // An invalid entry allows nothing.
    guard entry.matches(page | asid), entry.word & access.rawValue != 0 else { return 0 }
    store.use(slot)
    return entry.word
  }
}
