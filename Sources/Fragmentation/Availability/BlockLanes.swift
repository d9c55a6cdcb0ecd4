/// Several blocks of one order side by side in the lanes of a vector: their kinds (`BlockKinds`) and how
/// many of their frames are in use, 16 bits each, in lanes of 16 bits at order 3 and 4, 32 at order 5,
/// 64 from order 6 on.
struct BlockLanes {
  var kinds: SIMD2<UInt64>
  var used: SIMD2<UInt64>

  @inline(__always)
  init(kinds: SIMD2<UInt64>, used: SIMD2<UInt64>) {
    self.kinds = kinds
    self.used = used
  }

  /// The blocks of the next order, in lanes as wide, of which these and the others are halves.
  @inline(__always)
  func joined(_ other: BlockLanes) -> BlockLanes {
    BlockLanes(kinds: kinds | other.kinds, used: used &+ other.used)
  }

  /// The blocks of the next order, each of two neighbouring lanes of so many bits.
  @inline(__always)
  func joined(_ bits: UInt64) -> BlockLanes {
    let low: UInt64 = bits == 16 ? 0x0000_ffff_0000_ffff : 0xffff
    return BlockLanes(
      kinds: (kinds | kinds &>> bits) & low, used: (used &+ used &>> bits) & low)
  }

  /// Where `BlockTallies` counts the blocks. In lanes wider than 16 bits what lies above means nothing.
  @inline(__always)
  func slots(_ order: Int) -> SIMD2<UInt64> {
    let each: UInt64 = 0x0001_0001_0001_0001
    // All ones where something stays, or where the block is none.
    let some = (kinds & (0x3f &* each) &+ 0x7fff &* each) & (0x8000 &* each)
    let blocked = some | (some &- some &>> 15)
    let stays = kinds & (0x7f &* each)
    let moves =
      ((kinds &>> 6 & (0xf &* each)) &<< UInt64(order &+ 1)) &+ used
      &+ UInt64(BlockTallies.moving) &* each
    return moves ^ ((moves ^ stays) & blocked)
  }
}

extension BlockLanes {
  /// With its halves exchanged.
  @inline(__always)
  var crossed: BlockLanes {
    BlockLanes(kinds: SIMD2(kinds[1], kinds[0]), used: SIMD2(used[1], used[0]))
  }
}
