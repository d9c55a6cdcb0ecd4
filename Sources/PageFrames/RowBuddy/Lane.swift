public import MemoryUnits

/// The state of one 2 MiB block: one half of the 64-bit word of its 4 MiB pair.
///
///     bits 0-19   free frames in the rows + `bias`
///     bit  20     owned: a core has the block in a slot, only it takes frames out
///     bits 21-22  kind
///     bits 23-24  class of the pages in it (FrameClass)
///     bits 25-28  m > 0: no aligned run of 2^m free frames is in the rows; 0: nobody knows
///     bits 29-31  always zero
///
/// Frees set row bits first and count afterwards, so that an owner may take and give back frames that
/// are not counted yet: the count is negative for an instant, by at most 256 per core that frees. The
/// bias keeps such a borrow inside the field for 1024 cores; `RowBuddy` refuses more.
@frozen
@usableFromInline
struct Lane: Equatable {
  @usableFromInline
  var bits: UInt32

  @inlinable
  init(bits: UInt32) { self.bits = bits }

  /// The lane of `block` in the word of its pair.
  @inlinable
  @inline(__always)
  init(_ pair: UInt64, _ block: Int) {
    bits = UInt32(truncatingIfNeeded: pair &>> Lane.shift(block))
  }

  /// What a block is handed out as.
  @frozen
  @usableFromInline
  enum Kind: UInt32 {
    /// In frames: its rows say which are free.
    case small = 0
    /// As one block of order 9; its rows stay all ones.
    case huge = 1
    /// As one half of a block of order 10; its rows stay all ones.
    case half = 2
    /// On the way from huge to small: a part of it is being freed.
    case splitting = 3
  }

  // Computed, not stored: a stored static of another module is a call, even in an inlined loop.
  @inlinable
  static var bias: Int { 1 << 18 }
  @inlinable
  static var countMask: UInt32 { 0xF_FFFF }
  @inlinable
  static var ownedBit: UInt32 { 1 << 20 }
  @inlinable
  static var kindMask: UInt32 { 3 << 21 }
  @inlinable
  static var classMask: UInt32 { 3 << 23 }
  @inlinable
  static var runlessMask: UInt32 { 15 << 25 }
  /// Every frame free, none in a core's hands: what orders 9 and 10 need. Classes are left out.
  @inlinable
  static var empty: Lane { Lane(bits: UInt32(bias + Order.huge.frameCount)) }
  @inlinable
  static var none: Lane { Lane(bits: UInt32(bias)) }

  /// Where the lane of a block starts in its pair's word.
  @inlinable
  @inline(__always)
  static func shift(_ block: Int) -> UInt64 {
    UInt64(truncatingIfNeeded: (block & 1) &<< 5)
  }

  @inlinable
  var count: Int { Int(bits & Lane.countMask) &- Lane.bias }
  @inlinable
  var isOwned: Bool { bits & Lane.ownedBit != 0 }
  @inlinable
  var isSmall: Bool { bits & Lane.kindMask == 0 }
  @inlinable
  var kind: Kind { Kind(rawValue: (bits &>> 21) & 3) ?? .small }
  @inlinable
  var classIndex: Int { Int((bits &>> 23) & 3) }
  /// Entirely free and nobody's.
  @inlinable
  var isEmpty: Bool { bits & ~(Lane.classMask | Lane.runlessMask) == Lane.empty.bits }
  /// Handed out in frames and nobody's: a core may own it.
  @inlinable
  var isOwnable: Bool { bits & (Lane.kindMask | Lane.ownedBit) == 0 }

  /// The smallest order that the block is known to have no run of; 16 when nothing is known. Found out
  /// while the world is stopped, forgotten by the next free into the block and when a core owns it.
  @inlinable
  var runlessOrder: Int {
    let known = Int((bits &>> 25) & 15)
    return known == 0 ? 16 : known
  }
  @inlinable
  func with(runlessOrder: Int) -> Lane {
    Lane(bits: bits & ~Lane.runlessMask | UInt32(truncatingIfNeeded: runlessOrder & 15) &<< 25)
  }

  @inlinable
  func with(_ kind: Kind) -> Lane { Lane(bits: bits & ~Lane.kindMask | kind.rawValue &<< 21) }
  @inlinable
  func with(classIndex: Int) -> Lane {
    Lane(bits: bits & ~Lane.classMask | UInt32(truncatingIfNeeded: classIndex) &<< 23)
  }
  /// No free frame, handed out as one block.
  @inlinable
  static func taken(as kind: Kind, classIndex: Int) -> Lane {
    Lane.none.with(kind).with(classIndex: classIndex)
  }

  /// The pair's word with this lane in place of the block's old one.
  @inlinable
  func replacing(in pair: UInt64, _ block: Int) -> UInt64 {
    let difference = Int(bits) &- Int(Lane(pair, block).bits)
    return pair &+ UInt64(truncatingIfNeeded: difference) &<< Lane.shift(block)
  }
}
