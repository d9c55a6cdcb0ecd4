import Fragmentation
import MemoryUnits
import Testing

@Suite("Free runs in frame states")
struct FreeRunCensusTests {
  static func states(_ count: Int, free: Range<Int>...) -> [UInt8] {
    var states = [UInt8](repeating: FrameState.movable.rawValue, count: count)
    for range in free { for frame in range { states[frame] = FrameState.free.rawValue } }
    return states
  }

  @Test("a gigabyte that is free is one 1 GiB block, 512 blocks of 2 MiB and no more")
  func gigabyte() {
    let frames = 1 << 18
    let states = Self.states(3 * frames, free: frames - 1..<2 * frames)
    let census = FreeRunCensus(states: states)
    #expect(census.alignedBlocks[18] == 1 && census.alignedBlocks[9] == 512)
    #expect(census.alignedBlocks[0] == UInt64(frames) + 1)
    #expect(census.freeAreas.blocks[10] == 256 && census.freeAreas.blocks[0] == 1)
    // Two frames further, no aligned gigabyte is left.
    let shifted = FreeRunCensus(states: states, start: FrameNumber(2))
    #expect(shifted.alignedBlocks[18] == 0 && shifted.alignedBlocks[9] == 511)
  }

  @Test("agrees with looking at every aligned block of random states", arguments: 0..<20)
  func random(seed: UInt64) {
    var generator = SplitMix64(seed: seed)
    let start = Int(generator.next(upperBound: 40))
    var states: [UInt8] = []
    while states.count < 700 {
      let state: FrameState =
        generator.next(upperBound: 2) == 0
        ? .unmovable : generator.next(upperBound: 3) == 0 ? .heldByCore : .free
      let length = Int(generator.next(upperBound: 50))
      states += [UInt8](repeating: state.rawValue, count: length)
    }
    let census = FreeRunCensus(states: states, start: FrameNumber(start))
    for order in 0...9 {
      var count: UInt64 = 0
      for block in 0...(start + states.count) >> order {
        let frames = block << order..<(block + 1) << order
        guard frames.lowerBound >= start, frames.upperBound <= start + states.count
        else { continue }
        let free = frames.allSatisfy { states[$0 - start] != FrameState.unmovable.rawValue }
        if free { count += 1 }
      }
      #expect(census.alignedBlocks[order] == count, "seed \(seed), order \(order)")
      #expect(census.freeAreas.available(Order(order)) == count, "seed \(seed), order \(order)")
    }
  }

  @Test("blocks are described by what can move in them")
  func use() {
    let kinds: [FrameState] = [
      .movable, .free, .pinned, .reserved, .hugePage, .fileCache, .unknown, .heldByCore, .slab,
    ]
    let states = kinds.map(\.rawValue)
    let certain = BlockUse.scan(states: states, Order(2))
    #expect(
      certain == [BlockUse(movable: 1, unmovable: 2), BlockUse(movable: 2, unmovable: 1)])
    let hopeful = BlockUse.scan(states: states, start: FrameNumber(3), Order(2), unknownMoves: true)
    // Frames 4...7 and 8...11 are the whole blocks of a zone that starts at frame 3.
    #expect(
      hopeful == [BlockUse(movable: 1, unmovable: 2), BlockUse(movable: 2, unmovable: 1)])
  }
}
