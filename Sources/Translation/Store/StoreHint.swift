/// What is known of all that has one hash: hints, verified by the entries.
@frozen
@usableFromInline
struct StoreHint {
  /// Where it was found last.
  @usableFromInline var slot: UInt16
  /// How many valid entries are for it: none is certain.
  @usableFromInline var count: UInt16

  @inlinable
  init(slot: UInt16 = 0, count: UInt16 = 0) {
    self.slot = slot
    self.count = count
  }
}
