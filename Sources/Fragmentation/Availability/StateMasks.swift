/// Which of 128 frames are in each state: a bit each.
struct StateMasks {
  let reserved: SIMD2<UInt64>
  let free: SIMD2<UInt64>
  let held: SIMD2<UInt64>
  let movable: SIMD2<UInt64>
  let unmovable: SIMD2<UInt64>
  let slab: SIMD2<UInt64>
  let pageTable: SIMD2<UInt64>
  let fileCache: SIMD2<UInt64>
  let huge: SIMD2<UInt64>
  let pinned: SIMD2<UInt64>
  let unknown: SIMD2<UInt64>
  let clean: SIMD2<UInt64>

  /// From the planes of 128 frames, four vectors. Values of no state are unknown frames.
  @inline(__always)
  init(_ planes: Span<SIMD2<UInt64>>, _ first: Int, outside: SIMD2<UInt64>) {
    let bit0 = planes[first]
    let bit1 = planes[first &+ 1]
    let bit2 = planes[first &+ 2]
    let bit3 = planes[first &+ 3]
    // Raw values of `FrameState` in pairs of bits, without what is outside.
    let low = ~(bit2 | bit3 | outside)
    let middle = bit2 & ~(bit3 | outside)
    let high = bit3 & ~(bit2 | outside)
    let zero = ~(bit0 | bit1)
    let one = bit0 & ~bit1
    let two = bit1 & ~bit0
    let three = bit0 & bit1
    reserved = low & zero
    free = low & one
    held = low & two
    movable = low & three
    unmovable = middle & zero
    slab = middle & one
    pageTable = middle & two
    fileCache = middle & three
    huge = high & zero
    pinned = high & one
    unknown = (high & two) | (bit3 & bit2 & ~outside)
    clean = high & three
  }

  /// Groups of eight frames as blocks of order 3: those with even numbers, and those with odd ones.
  @inline(__always)
  func groups(outside: SIMD2<UInt64>) -> (even: BlockLanes, odd: BlockLanes) {
    var kinds = Self.some(outside) &>> 7
    kinds |= Self.some(reserved) &>> 6
    kinds |= Self.some(unmovable) &>> 5
    kinds |= Self.some(slab) &>> 4
    kinds |= Self.some(pageTable) &>> 3
    kinds |= Self.some(pinned) &>> 2
    kinds |= Self.some(unknown) &>> 1
    kinds |= Self.some(huge)
    let further = Self.some(movable | fileCache) &>> 7 | Self.some(held) &>> 6
    let used = StateSums.bytes(~(free | held | outside))
    let even: UInt64 = 0x00ff_00ff_00ff_00ff
    return (
      BlockLanes(kinds: kinds & even | (further & even) &<< 8, used: used & even),
      BlockLanes(kinds: kinds &>> 8 & even | further & ~even, used: used &>> 8 & even)
    )
  }

  /// Bit 7 of every byte in which a bit is set.
  @inline(__always)
  private static func some(_ mask: SIMD2<UInt64>) -> SIMD2<UInt64> {
    let low: UInt64 = 0x7f7f_7f7f_7f7f_7f7f
    return ((mask & low &+ low) | mask) & ~low
  }
}
