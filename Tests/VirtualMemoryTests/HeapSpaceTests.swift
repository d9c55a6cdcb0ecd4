import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite struct HeapSpaceTests {
  private static func space(pages: Int = 1 << 20) -> HeapSpace {
    HeapSpace(object: 7, group: 3, bounds: PageRange(start: 1 << 32, count: pages))
  }

  @Test func mappingTakesNoMemoryAndTouchingTakesFramesAndTables() {
    var memory = ListBuddyMemory(frameCount: 4096)
    var space = Self.space()
    let start = space.map(count: 1024, alignment: 512)
    #expect(start == (1 << 32) + (1 << 20) - 1024)
    #expect(memory.freeFrames == 4096)
    guard let start else { return }
    #expect(space.touch(PageRange(start: start, count: 1024), memory: &memory) == .resident)
    #expect(space.residentBytes == ByteCount("4MiB"))
    // Two leaves, and one table of each upper level.
    #expect(space.tablePages == 5)
    #expect(memory.freeFrames == 4096 - 1024 - 5)
    space.validate(memory: memory)
  }

  @Test func aFrameNamesTheProcessAndThePageThatItServes() {
    var memory = ListBuddyMemory(frameCount: 64)
    var space = Self.space()
    #expect(space.map(at: PageRange(start: (1 << 32) + 100, count: 10)) == true)
    let page = (1 << 32) + 103
    #expect(space.touch(PageRange(start: page, count: 1), memory: &memory) == .resident)
    guard let frame = space.frame(of: page) else {
      Issue.record("page \(page) has no frame")
      return
    }
    let owner = memory.frames.owner(of: frame)
    #expect(owner == FrameOwner(state: .movable, group: 3, object: 7, index: 103))
    #expect(memory.frames.mappings(of: frame) == 1)
  }

  @Test func discardKeepsTheMappingAndGivesTheFramesBack() {
    var memory = ListBuddyMemory(frameCount: 4096)
    var space = Self.space()
    let range = PageRange(start: 1 << 32, count: 2000)
    #expect(space.map(at: range) == true)
    #expect(space.touch(range, memory: &memory) == .resident)
    #expect(space.discard(range, memory: &memory) == 2000)
    #expect(space.mappedPages == 2000)
    #expect(space.tablePages == 0)
    #expect(memory.freeFrames == 4096)
    #expect(space.touch(range, memory: &memory) == .resident)
    #expect(space.residentPages == 2000)
  }

  @Test func unmappingWhatIsNotMappedIsLegal() {
    var memory = ListBuddyMemory(frameCount: 64)
    var space = Self.space()
    #expect(space.unmap(PageRange(start: 1 << 32, count: 5000), memory: &memory) == 0)
    #expect(space.map(at: PageRange(start: (1 << 32) + 10, count: 10)) == true)
    space.unmap(PageRange(start: (1 << 32) + 5, count: 10), memory: &memory)
    #expect(space.mappedPages == 5)
    #expect(space.areaCount == 1)
  }

  @Test func touchingWhatIsNotMappedSaysWhere() {
    var memory = ListBuddyMemory(frameCount: 64)
    var space = Self.space()
    let range = PageRange(start: 1 << 32, count: 5)
    #expect(space.map(at: range) == true)
    let longer = PageRange(start: 1 << 32, count: 8)
    #expect(space.touch(longer, memory: &memory) == .unmapped(page: (1 << 32) + 5))
    #expect(space.residentPages == 5)
    space.validate(memory: memory)
  }

  @Test func anExhaustedMachineSaysHowFarATouchCame() {
    let frames = 1000
    var memory = ListBuddyMemory(frameCount: frames)
    var space = Self.space()
    let range = PageRange(start: 1 << 32, count: 5000)
    #expect(space.map(at: range) == true)
    // Two leaves and three upper tables; all else is data, below every watermark.
    let data = frames - 5
    #expect(space.touch(range, memory: &memory) == .outOfMemory(touched: data))
    #expect(space.residentPages == data)
    #expect(memory.freeFrames == 0)
    #expect(memory.zone.counters.minCrossings == 1)
    #expect(memory.zone.counters.refused == 1)
    space.validate(memory: memory)
    // Nothing more, and nothing lost by asking again.
    #expect(space.touch(range, memory: &memory) == .outOfMemory(touched: data))
    let behind = PageRange(start: (1 << 32) + 4000, count: 1)
    #expect(space.touch(behind, memory: &memory) == .outOfMemory(touched: 0))
    #expect(space.tablePages == 5)
    space.validate(memory: memory)
  }

  /// T9: whatever was done, giving everything back leaves the machine as it was.
  @Test func tearDownLeavesTheLargestBlocks() {
    var memory = ListBuddyMemory(frameCount: 1 << 15)
    var space = Self.space()
    for part in 0..<300 {
      guard let start = space.map(count: 100 + part % 7) else { continue }
      #expect(
        space.touch(PageRange(start: start, count: 70), memory: &memory) == .resident)
      space.discard(PageRange(start: start + part % 50, count: 13), memory: &memory)
    }
    space.tearDown(memory: &memory)
    #expect(space.mappedPages == 0)
    #expect(space.tablePages == 0)
    #expect(memory.zone.allocator.freeBlockCount(.maximum) == 32)
    memory.zone.allocator.validate()
    // It can be used again.
    #expect(space.map(count: 1) != nil)
  }

  @Test func growingInPlaceKeepsFramesAndMovingTakesThemAlong() {
    var memory = ListBuddyMemory(frameCount: 4096)
    var space = Self.space()
    let range = PageRange(start: 1 << 32, count: 600)
    #expect(space.map(at: range) == true)
    #expect(space.touch(range, memory: &memory) == .resident)
    let frame = space.frame(of: range.start + 599)
    #expect(space.resize(range, to: 700, memory: &memory) == range.start)
    #expect(space.frame(of: range.start + 599) == frame)
    // Something behind it, and it has to move.
    #expect(space.map(at: PageRange(start: range.start + 700, count: 1)) == true)
    let old = PageRange(start: range.start, count: 700)
    guard let moved = space.resize(old, to: 1000, memory: &memory) else {
      Issue.record("there is address space and memory")
      return
    }
    #expect(moved != range.start)
    #expect(space.frame(of: moved + 599) == frame)
    #expect(space.residentPages == 600)
    #expect(space.mappedPages == 1001)
    space.validate(memory: memory)
  }

  /// Thousands of one-page mappings with gaps: the list of areas has many chunks, which split, empty
  /// and merge, and the highest free place is always found.
  @Test(arguments: [1, 2] as [UInt64])
  func manySmallMappings(seed: UInt64) {
    var memory = ListBuddyMemory(frameCount: 64)
    let count = 20_000
    var space = HeapSpace(object: 1, group: 1, bounds: PageRange(start: 1000, count: count))
    for page in stride(from: 1000, to: 1000 + count, by: 2) {
      #expect(space.map(at: PageRange(start: page, count: 1)) == true)
    }
    #expect(space.areaCount == count / 2)
    // No gap holds two pages, and single ones are taken from the top.
    #expect(space.map(count: 2) == nil)
    #expect(space.map(count: 1) == 1000 + count - 1)
    var generator = SplitMix64(seed: seed)
    var isMapped = (0..<count).map { $0 % 2 == 0 || $0 == count - 1 }
    for step in 0..<4000 {
      let start = Int(generator.next(upperBound: UInt64(count)))
      let length = min(1 + Int(generator.next(upperBound: 30)), count - start)
      if generator.next(upperBound: 2) == 0 {
        space.unmap(PageRange(start: 1000 + start, count: length), memory: &memory)
        for page in start..<start + length { isMapped[page] = false }
      } else {
        var expected: Int?
        var free = 0
        for page in stride(from: count - 1, through: 0, by: -1) {
          free = isMapped[page] ? 0 : free + 1
          if free == length {
            expected = page
            break
          }
        }
        let found = space.map(count: length)
        #expect(found == expected.map { $0 + 1000 }, "seed \(seed), step \(step)")
        guard let found else { continue }
        for page in found..<found + length { isMapped[page - 1000] = true }
      }
      if step % 400 == 0 { space.validate(memory: memory) }
    }
    var mapped = [Bool](repeating: false, count: count)
    space.forEachArea { area in
      for page in area.start..<area.end { mapped[page - 1000] = true }
    }
    #expect(mapped == isMapped, "seed \(seed)")
  }
}
