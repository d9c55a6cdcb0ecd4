import MemoryUnits

/// How many frames of a 2 MiB block are in each state: counts of 64 frames at most in each byte.
struct StateSums {
  private var sums = InlineArray<12, SIMD2<UInt64>>(repeating: .zero)

  @inline(__always)
  init() {}

  @inline(__always)
  mutating func add(_ masks: StateMasks) {
    sums[0] &+= Self.bytes(masks.reserved)
    sums[1] &+= Self.bytes(masks.free)
    sums[2] &+= Self.bytes(masks.held)
    sums[3] &+= Self.bytes(masks.movable)
    sums[4] &+= Self.bytes(masks.unmovable)
    sums[5] &+= Self.bytes(masks.slab)
    sums[6] &+= Self.bytes(masks.pageTable)
    sums[7] &+= Self.bytes(masks.fileCache)
    sums[8] &+= Self.bytes(masks.huge)
    sums[9] &+= Self.bytes(masks.pinned)
    sums[10] &+= Self.bytes(masks.unknown)
    sums[11] &+= Self.bytes(masks.clean)
  }

  /// Frames in a state, by raw value.
  @inline(__always)
  subscript(state: Int) -> UInt64 {
    let even: UInt64 = 0x00ff_00ff_00ff_00ff
    let bytes = sums[state][0] &+ sums[state][1]
    return (((bytes & even) &+ (bytes &>> 8 & even)) &* 0x0001_0001_0001_0001) &>> 48
  }

  /// The number of bits in every byte.
  @inline(__always)
  static func bytes(_ mask: SIMD2<UInt64>) -> SIMD2<UInt64> {
    let pairs = mask &- (mask &>> 1 & 0x5555_5555_5555_5555)
    let fours = (pairs & 0x3333_3333_3333_3333) &+ (pairs &>> 2 & 0x3333_3333_3333_3333)
    return (fours &+ fours &>> 4) & 0x0f0f_0f0f_0f0f_0f0f
  }
}
