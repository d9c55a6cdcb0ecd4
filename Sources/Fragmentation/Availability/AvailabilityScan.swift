public import MemoryUnits

/// One pass over the states of frames that counts, for every order from 3 to 18 at once, the aligned
/// blocks by the states that occur in them and by the frames that would have to be moved.
///
/// The states of 64 frames are four words, one for each bit of their raw values, from which a few
/// operations make the frames in each state, what lies in every eight of them, and from order to
/// order what lies in pairs. A 2 MiB block whose frames are all in one state costs nothing more.
public struct AvailabilityScan: Sendable {
  /// The orders that are counted: below them Linux rarely fails, above them nothing is mapped as one.
  public static let orders: ClosedRange<Int> = 3...Order.gigantic.index

  /// Frames by raw value of `FrameState`.
  private(set) var frames = [UInt64](repeating: 0, count: 16)
  /// Blocks of orders 3...8.
  private(set) var tallies = BlockTallies()
  /// Every 2 MiB block from `firstHuge` on.
  private(set) var huge: [BlockWord] = []
  /// Frames of each of them that compaction moves: pages of users and of files.
  private(set) var movers: [UInt16] = []
  private(set) var firstHuge = 0
  /// The frame behind the last one.
  private var next: Int?

  public init() {}

  /// Counts all that a source has, which calls the one closure or the other for each stretch of it:
  /// `AvailabilityScan { memory.forEachStates(planes: $0, states: $1) }`.
  public init(
    _ source: (
      _ planes: (Span<SIMD2<UInt64>>, FrameNumber) -> Void,
      _ states: ([UInt8], FrameNumber) -> Void
    ) -> Void
  ) {
    var scan = AvailabilityScan()
    source({ scan.add(planes: $0, start: $1) }, { scan.add($0, start: $1) })
    self = scan
  }

  /// Counts a stretch of frames: behind all earlier ones, each beginning at a multiple of 512 unless it
  /// is the first. Frames in between, and those outside whole blocks, are in no block.
  ///
  /// - Parameter states: one raw value of `FrameState` per frame; values of no state count as unknown.
  public mutating func add(_ states: Span<UInt8>, start: FrameNumber) {
    guard !states.isEmpty else { return }
    let first = start.index
    precondition(next.map { $0 <= first && first & 511 == 0 } ?? true)
    begin(first >> 9)
    let end = first + states.count
    next = end
    var block = first >> 9
    while block << 9 < end {
      let begin = block << 9 - first
      if begin >= 0, begin + 512 <= states.count {
        addWhole(states, begin)
      } else {
        addPart(states, begin)
      }
      block += 1
    }
  }

  public mutating func add(_ states: [UInt8], start: FrameNumber = FrameNumber(0)) {
    add(states.span, start: start)
  }

  /// Counts frames that come as planes: of every 128 four vectors of two words, bit i of word j of vector
  /// k being bit k of the raw value of frame 64 * j + i; whole 2 MiB blocks, behind all earlier frames.
  public mutating func add(planes: Span<SIMD2<UInt64>>, start: FrameNumber) {
    let first = start.index
    precondition(first & 511 == 0 && planes.count & 15 == 0 && next.map { $0 <= first } ?? true)
    begin(first >> 9)
    next = first + planes.count * 32
    for block in 0..<planes.count >> 4 { addWhole(planes, block &<< 4) }
  }

  /// Fills up to the 2 MiB block that comes next.
  private mutating func begin(_ block: Int) {
    if huge.isEmpty { firstHuge = block }
    while firstHuge + huge.count < block { append(.outside, movers: 0) }
  }

  private mutating func append(_ word: BlockWord, movers count: UInt16) {
    huge.append(word)
    movers.append(count)
  }

  /// Counts a 2 MiB block that lies in the stretch as a whole.
  private mutating func addWhole(_ states: Span<UInt8>, _ begin: Int) {
    var planes = InlineArray<16, SIMD2<UInt64>>(repeating: .zero)
    for index in 0..<512 { Self.set(states[begin &+ index], index, &planes) }
    addWhole(planes.span, 0)
  }

  /// Counts a 2 MiB block that the stretch begins or ends in.
  private mutating func addPart(_ states: Span<UInt8>, _ begin: Int) {
    var planes = InlineArray<16, SIMD2<UInt64>>(repeating: .zero)
    var outside = InlineArray<4, SIMD2<UInt64>>(repeating: .init(repeating: ~0))
    for index in 0..<512 where begin + index >= 0 && begin + index < states.count {
      let state = states[begin + index]
      Self.set(state, index, &planes)
      frames[state < FrameStates.known ? Int(state) : Int(FrameState.unknown.rawValue)] &+= 1
      outside[index >> 7][index >> 6 & 1] &= ~(1 << UInt64(index & 63))
    }
    // Groups of eight of which a part is missing are no blocks.
    for group in 0..<64 {
      let bits: UInt64 = 0xff << UInt64((group & 7) * 8)
      if outside[group >> 4][group >> 3 & 1] & bits != 0 {
        outside[group >> 4][group >> 3 & 1] |= bits
      }
    }
    tallies.add(BlockSlots(planes.span, 0, outside: outside))
    append(.outside, movers: 0)
  }

  /// Puts the raw value of one frame of 512 into planes.
  @inline(__always)
  private static func set(
    _ state: UInt8, _ index: Int, _ planes: inout InlineArray<16, SIMD2<UInt64>>
  ) {
    let value = UInt64(min(state, 15))
    let first = (index &>> 7) &* 4
    for plane in 0..<4 {
      let bit = value &>> UInt64(plane) & 1
      planes[first &+ plane][index &>> 6 & 1] |= bit &<< UInt64(index & 63)
    }
  }

  /// Counts the 2 MiB block of the 16 vectors from `first` on.
  private mutating func addWhole(_ planes: Span<SIMD2<UInt64>>, _ first: Int) {
    if let state = Self.onlyState(planes, first) { return addUniform(state) }
    let slots = BlockSlots(planes, first, outside: InlineArray(repeating: .zero))
    tallies.add(slots)
    let sums = slots.frames.span
    var states: UInt16 = 0
    for state in 0..<Int(FrameStates.known) {
      let count = sums[state]
      frames[state] &+= count
      states |= (count == 0 ? 0 : 1) &<< UInt16(state)
    }
    let unused = sums[Int(FrameState.free.rawValue)] &+ sums[Int(FrameState.heldByCore.rawValue)]
    let moving =
      sums[Int(FrameState.movable.rawValue)] &+ sums[Int(FrameState.fileCache.rawValue)]
      &+ sums[Int(FrameState.cleanFile.rawValue)]
    append(
      BlockWord(FrameStates(rawValue: states), used: 512 &- Int(unused)),
      movers: UInt16(truncatingIfNeeded: moving))
  }

  /// The state of all 512 frames; nil when there are several.
  @inline(__always)
  private static func onlyState(_ planes: Span<SIMD2<UInt64>>, _ first: Int) -> FrameState? {
    var value: UInt8 = 0
    for plane in 0..<4 {
      let word = planes[first &+ plane][0]
      if word &+ 1 > 1 || planes[first &+ plane][1] != word { return nil }
      value |= UInt8(truncatingIfNeeded: word & 1) &<< UInt8(plane)
    }
    for index in first &+ 4..<first &+ 16 where planes[index] != planes[index &- 4] { return nil }
    return FrameState(rawValue: value) ?? .unknown
  }

  private mutating func addUniform(_ state: FrameState) {
    frames[Int(state.rawValue)] &+= 512
    let states = FrameStates(state)
    let used = states.isSubset(of: .unused) ? 0 : 1
    for order in BlockTallies.orders {
      tallies.add(
        BlockKinds(state), used: used << order, order, times: UInt32(512 >> order))
    }
    append(
      BlockWord(states, used: used * 512), movers: states.isSubset(of: .moving) ? 512 : 0)
  }
}
