/// The bits of a page-table entry beside its base.
@frozen
public struct EntryBits: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// P: the hardware may use the entry.
  @inlinable public static var present: EntryBits { EntryBits(rawValue: 1) }
  /// R/W
  @inlinable public static var writable: EntryBits { EntryBits(rawValue: 1 << 1) }
  /// U/S: set for user pages.
  @inlinable public static var user: EntryBits { EntryBits(rawValue: 1 << 2) }
  /// PWT
  @inlinable public static var writeThrough: EntryBits { EntryBits(rawValue: 1 << 3) }
  /// PCD: accesses bypass the caches.
  @inlinable public static var cacheDisable: EntryBits { EntryBits(rawValue: 1 << 4) }
  /// A: set by every walk that uses the entry.
  @inlinable public static var accessed: EntryBits { EntryBits(rawValue: 1 << 5) }
  /// D, leaves only: set by the first write.
  @inlinable public static var dirty: EntryBits { EntryBits(rawValue: 1 << 6) }
  /// PS: a leaf of 2 MiB (page directory) or 1 GiB (page directory pointer table).
  @inlinable public static var pageSize: EntryBits { EntryBits(rawValue: 1 << 7) }
  /// PAT of a 4 KiB leaf, the same bit as PS above it.
  @inlinable public static var pat: EntryBits { EntryBits(rawValue: 1 << 7) }
  /// G, leaves only: survives a change of cr3.
  @inlinable public static var global: EntryBits { EntryBits(rawValue: 1 << 8) }
  /// Where P is 0, the same bit as G: a page of a PROT_NONE area that keeps its frame.
  @inlinable public static var inaccessible: EntryBits { EntryBits(rawValue: 1 << 8) }
  /// Software bit 9: the frame is not reference-counted (the shared zero page).
  @inlinable public static var special: EntryBits { EntryBits(rawValue: 1 << 9) }
  /// Software bit 10: a 4 KiB leaf that maps one frame of a folio.
  @inlinable public static var folio: EntryBits { EntryBits(rawValue: 1 << 10) }
  /// PAT of a large leaf.
  @inlinable public static var largePAT: EntryBits { EntryBits(rawValue: 1 << 12) }
  /// XD: no instruction fetch.
  @inlinable public static var executeDisable: EntryBits { EntryBits(rawValue: 1 << 63) }
}
