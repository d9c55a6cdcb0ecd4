import MemoryUnits
import PageFrames
import Testing

@Suite("Letting frames go in a row")
struct ReleaseTests {
  private struct World: ~Copyable {
    var table = FrameTable(frameCount: 64)
    var list = FrameList()

    /// Frames 8..<40 with one mapping each, most on the list, some of them side by side on it.
    init(seed: UInt64) {
      var generator = SplitMix64(seed: seed)
      var frames = Array(8..<40)
      switch generator.next(upperBound: 3) {
      case 0: frames.reverse()
      case 1:
        for _ in 0..<4 {
          frames.swapAt(
            Int(generator.next(upperBound: 32)), Int(generator.next(upperBound: 32)))
        }
      default: break
      }
      let oddity = generator.next(upperBound: 40)
      for frame in frames {
        let number = FrameNumber(frame)
        let dice = generator.next(upperBound: oddity + 20)
        table.setOwner(
          FrameOwner(state: dice == 0 ? .fileCache : .movable, group: dice == 1 ? 3 : 2),
          of: number)
        table.setMappings(1, of: number)
        if dice == 2 { table.addReferences(1, to: number) }
        if dice == 3 { table.set(.active, of: number) }
        if dice == 4 { table.set(.referenced, of: number) }
        if dice != 5 {
          table.set(.lru, of: number)
          table.pushFront(number, to: &list)
        }
      }
    }

    /// Releases frame by frame what `releaseLast` releases at once.
    mutating func releaseEach(_ frames: FrameRange) -> Int {
      let first = table.remains(of: frames.start)
      for offset in 0..<frames.count {
        let frame = frames.start.advanced(by: offset)
        let remains = table.remains(of: frame)
        guard remains.references == 1, remains.state == first.state,
          remains.group == first.group,
          remains.flags.contains(.lru) == first.flags.contains(.lru),
          remains.flags.contains(.active) == first.flags.contains(.active)
        else { return offset }
        _ = table.release(frame)
        if remains.flags.contains(.lru) { table.remove(frame, from: &list) }
      }
      return frames.count
    }

    /// The list in both directions, and the counts of all frames.
    borrowing func books() -> [[UInt32]] {
      var forth: [UInt32] = []
      var back: [UInt32] = []
      var next = list.front
      while let frame = next {
        forth.append(frame.rawValue)
        next = table.next(after: frame)
      }
      next = list.back
      while let frame = next {
        back.append(frame.rawValue)
        next = table.previous(before: frame)
      }
      let counts = (0..<64).map { table.references(to: FrameNumber($0)) }
      let mappings = (0..<64).map { table.mappings(of: FrameNumber($0)) }
      return [forth, back, [UInt32(list.count)], counts, mappings]
    }
  }

  @Test("leaves counts and list as one frame after the other does, and stops where frames differ")
  func agrees() {
    for seed in 0..<UInt64(isLong ? 20_000 : 2000) {
      var generator = SplitMix64(seed: ~seed)
      var together = World(seed: seed)
      var single = World(seed: seed)
      for _ in 0..<6 {
        let start = 8 + Int(generator.next(upperBound: 32))
        let frames = FrameRange(
          start: FrameNumber(start), count: 1 + Int(generator.next(upperBound: UInt64(40 - start))))
        guard together.table.references(to: frames.start) == 1 else { continue }
        let count = together.table.releaseLast(
          frames, alike: [.lru, .active], from: &together.list)
        let expected = single.releaseEach(frames)
        #expect(count == expected, "seed \(seed), \(frames)")
        let (books, right) = (together.books(), single.books())
        #expect(books == right, "seed \(seed), \(frames)")
      }
    }
  }
}
