public import MemoryUnits

/// The allocator's record in a descriptor: which block begins at this frame.
///
/// The frames of a zone are cut into blocks without gap or overlap, and every block, free or
/// allocated, is marked at its first frame and nowhere else. So one byte answers whether a block is
/// free, a free with the wrong order or a second free shows at once, and a walk over memory takes
/// one step per block.
///
/// ```
///  7         6     5 4   3        0
///  allocated held  class order + 1      all zero: no block begins here
///  0         list type   order + 1      a free block
/// ```
/// Class and list type are `LinuxBuddy`'s alone: of an allocated block the `FrameClass` that was asked
/// for, of a free one the migratetype of its list. Other allocators leave them 0.
@usableFromInline
struct BlockMark: Equatable {
  @usableFromInline let bits: UInt8

  @inlinable
  init(bits: UInt8) { self.bits = bits }

  /// No block begins here: inside a block, or outside every zone.
  @inlinable
  static var none: BlockMark { BlockMark(bits: 0) }

  /// A free block of `order` begins here.
  @inlinable
  static func free(_ order: Int) -> BlockMark {
    BlockMark(bits: UInt8(truncatingIfNeeded: order &+ 1))
  }

  /// An allocated block of `order` begins here.
  @inlinable
  static func allocated(_ order: Int) -> BlockMark {
    BlockMark(bits: UInt8(truncatingIfNeeded: order &+ 1) | 0x80)
  }

  /// A block of `order` that a core holds back for its next requests: allocated for the lists.
  @inlinable
  static func held(_ order: Int) -> BlockMark {
    BlockMark(bits: UInt8(truncatingIfNeeded: order &+ 1) | 0xc0)
  }

  /// A free block of `order` on the list of a migratetype begins here.
  @inlinable
  static func free(_ order: Int, _ type: Int) -> BlockMark {
    BlockMark(bits: UInt8(truncatingIfNeeded: order &+ 1 | type &<< 4))
  }

  /// An allocated block of `order` begins here, that was asked for frames of a class.
  @inlinable
  static func allocated(_ order: Int, _ frameClass: FrameClass) -> BlockMark {
    BlockMark(
      bits: UInt8(truncatingIfNeeded: order &+ 1) | 0x80 | frameClass.rawValue &<< 4)
  }

  /// Whether a block of `order` that somebody owns begins here, of whatever class.
  @inlinable
  func isOwned(_ order: Int) -> Bool {
    bits & 0xcf == UInt8(truncatingIfNeeded: order &+ 1) | 0x80
  }

  /// Allocated and not held by a core.
  @inlinable
  var isOwned: Bool { bits & 0xc0 == 0x80 }

  /// The migratetype of a free block's list.
  @inlinable
  var type: Int { Int(bits &>> 4) }

  /// The class of a block that is owned.
  @inlinable
  var frameClass: FrameClass { FrameClass(rawValue: bits &>> 4 & 3) ?? .movable }

  @inlinable
  var isHeld: Bool { bits & 0xc0 == 0xc0 }

  @inlinable
  var isFree: Bool { bits &- 1 < 0x7f }

  @inlinable
  var isAllocated: Bool { bits & 0x80 != 0 }

  /// Meaningless for `none`.
  @inlinable
  var order: Int { Int(bits & 0x0f) &- 1 }
}
