/// One entry of an `AssociativeStore`.
@frozen
@usableFromInline
struct StoreEntry {
  /// What the entry is for: a page number and an ASID, or a line number.
  @usableFromInline var key: UInt64
  /// The bits of a query that must equal the key: an entry for a large page leaves the low bits of
  /// the page number out, a global one the ASID.
  @usableFromInline var mask: UInt64
  /// What is remembered. Bit 11 (`valid`) is set in every entry that counts; a word of zero is none.
  @usableFromInline var word: UInt64

  @inlinable
  init(key: UInt64, mask: UInt64, word: UInt64) {
    self.key = key
    self.mask = mask
    self.word = word
  }

  @usableFromInline static let none = StoreEntry(key: 0, mask: .max, word: 0)
  @inlinable static var valid: UInt64 { 1 &<< 11 }

  @inlinable var isValid: Bool { word & Self.valid != 0 }

  @inlinable
  func matches(_ query: UInt64) -> Bool { (key ^ query) & mask == 0 }
}
