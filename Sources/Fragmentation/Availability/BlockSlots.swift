/// Where `BlockTallies` counts the blocks of orders 3...8 in one 2 MiB block; and how many of its frames
/// are in each state.
struct BlockSlots: ~Copyable {
  /// Of every 128 frames: twice order 3, then 4, 5 and 6, each in lanes as `BlockLanes` has them; then
  /// order 7 in one half, and of every second order 8 in the other.
  private(set) var vectors = InlineArray<24, SIMD2<UInt64>>(repeating: .zero)
  /// Frames by raw value of `FrameState`.
  private(set) var frames = InlineArray<12, UInt64>(repeating: 0)

  /// All by operations on vectors: kept apart from the counting of single blocks, because the compiler
  /// would otherwise do it half by half.
  ///
  /// - Parameters:
  ///   - planes: of states, sixteen vectors from `first` on.
  ///   - outside: for each of the four vectors of a plane the frames that do not count.
  @inline(never)
  init(
    _ planes: Span<SIMD2<UInt64>>, _ first: Int, outside: borrowing InlineArray<4, SIMD2<UInt64>>
  ) {
    precondition(first >= 0 && first &+ 16 <= planes.count)
    var sums = StateSums()
    var earlier = BlockLanes(kinds: .zero, used: .zero)
    for pair in 0..<4 {
      let masks = StateMasks(planes, first &+ pair &* 4, outside: outside[pair])
      sums.add(masks)
      let (even, odd) = masks.groups(outside: outside[pair])
      let four = even.joined(odd)
      let five = four.joined(16)
      let six = five.joined(32)
      // Of both halves one, in each half.
      let seven = six.joined(six.crossed)
      let eight = seven.joined(earlier).slots(8)
      earlier = seven
      vectors[pair &* 6] = even.slots(3)
      vectors[pair &* 6 &+ 1] = odd.slots(3)
      vectors[pair &* 6 &+ 2] = four.slots(4)
      vectors[pair &* 6 &+ 3] = five.slots(5)
      vectors[pair &* 6 &+ 4] = six.slots(6)
      vectors[pair &* 6 &+ 5] = seven.slots(7) & SIMD2(~0, 0) | eight & SIMD2(0, ~0)
    }
    for state in 0..<12 { frames[state] = sums[state] }
  }
}
