/// The allocator's record in a descriptor: which block begins at this frame.
///
/// The frames of a zone are cut into blocks without gap or overlap, and every block, free or
/// allocated, is marked at its first frame and nowhere else. So one byte answers whether a block is
/// free, a free with the wrong order or a second free shows at once, and a walk over memory takes
/// one step per block.
///
/// ```
///  7         6     5 4  3        0
///  allocated held   0   order + 1      all zero: no block begins here
/// ```
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

  @inlinable
  var isHeld: Bool { bits & 0x40 != 0 }

  @inlinable
  var isFree: Bool { bits &- 1 < 0x7f }

  @inlinable
  var isAllocated: Bool { bits & 0x80 != 0 }

  /// Meaningless for `none`.
  @inlinable
  var order: Int { Int(bits & 0x0f) &- 1 }
}
