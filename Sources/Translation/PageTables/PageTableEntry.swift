public import MemoryUnits

/// One word of a page table, bit for bit as x86-64 has it.
///
/// ```
///  63  62    52 51                        12 11   9  8  7   6  5  4   3   2   1   0
///  XD  software  base (frame number)         softw.  G  PS  D  A  PCD PWT U/S R/W P
///                bit 12 of a large leaf: PAT            PAT (4 KiB leaf)
/// ```
///
/// Where P is 0 the hardware ignores the other bits and the system keeps a swap entry there
/// (`SwapEntry`); a word of zero is no entry at all.
@frozen
public struct PageTableEntry: RawRepresentable, Hashable, Sendable {
  public var rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  /// An entry of `bits` whose base is `frame`.
  @inlinable
  public init(_ frame: FrameNumber, _ bits: EntryBits) {
    rawValue = UInt64(frame.rawValue) &<< 12 | bits.rawValue
  }

  /// Nothing is mapped and nothing is remembered.
  @inlinable
  public static var none: PageTableEntry { PageTableEntry(rawValue: 0) }

  @inlinable
  public var isNone: Bool { rawValue == 0 }

  /// The bits that are not the base.
  @inlinable
  public var bits: EntryBits {
    get { EntryBits(rawValue: rawValue & ~Self.baseMask) }
    set { rawValue = rawValue & Self.baseMask | newValue.rawValue & ~Self.baseMask }
  }

  @inlinable
  public func has(_ bits: EntryBits) -> Bool { rawValue & bits.rawValue == bits.rawValue }

  @inlinable
  public mutating func set(_ bits: EntryBits) { rawValue |= bits.rawValue }

  @inlinable
  public mutating func clear(_ bits: EntryBits) { rawValue &= ~bits.rawValue }

  @inlinable
  public var isPresent: Bool { rawValue & EntryBits.present.rawValue != 0 }

  /// Whether the entry maps a frame: present, or kept from the hardware by PROT_NONE (P is 0, bit 8 is
  /// 1, and the base stays).
  @inlinable
  public var mapsFrame: Bool {
    rawValue & (EntryBits.present.rawValue | EntryBits.inaccessible.rawValue) != 0
  }

  /// Whether the frame of the entry counts its mappings by itself: it is neither the page of zeros nor
  /// part of a folio.
  @inlinable
  public var isPlain: Bool {
    rawValue & (EntryBits.special.rawValue | EntryBits.folio.rawValue) == 0
  }

  /// Whether the entry maps a frame that is not part of a folio.
  @inlinable
  var mapsOwnFrame: Bool { mapsFrame && !has(.folio) }

  /// `isPresent` and `isPlain`, by one comparison.
  @inlinable
  var isPresentAndPlain: Bool {
    rawValue
      & (EntryBits.present.rawValue | EntryBits.special.rawValue | EntryBits.folio.rawValue)
      == EntryBits.present.rawValue
  }

  @inlinable
  public var isWritable: Bool { rawValue & EntryBits.writable.rawValue != 0 }

  @inlinable
  public var isAccessed: Bool { rawValue & EntryBits.accessed.rawValue != 0 }

  @inlinable
  public var isDirty: Bool { rawValue & EntryBits.dirty.rawValue != 0 }

  /// The frame that the base names: of the next table, or of a 4 KiB page. Frame numbers have 32
  /// bits here, the base has 40.
  @inlinable
  public var frame: FrameNumber {
    get { FrameNumber(rawValue: UInt32(truncatingIfNeeded: rawValue &>> 12)) }
    set { rawValue = rawValue & ~Self.baseMask | UInt64(newValue.rawValue) &<< 12 }
  }

  /// The first frame of a large leaf, whose bit 12 is PAT and not part of the base.
  @inlinable
  public var largeFrame: FrameNumber { FrameNumber(rawValue: frame.rawValue & ~1) }

  /// Bits 12...51.
  @inlinable
  public static var baseMask: UInt64 { 0x000f_ffff_ffff_f000 }
}
