import Fragmentation
import MemoryUnits
import PageFrames
import Testing

@Suite("States of frames as planes of bits")
struct StatePlaneTests {
  /// Allocates and frees at random until the memory is a mixture, and says what every frame is for.
  private static func mix<Allocator: FrameAllocator & ~Copyable>(
    _ memory: inout PhysicalMemory<Allocator, NoObserver>, _ generator: inout SplitMix64
  ) {
    let states: [FrameState] = [.movable, .fileCache, .slab, .pageTable, .unmovable, .unknown]
    let flags: [FrameFlags] = [[], .dirty, .lru, [.lru, .referenced], .writeback, .swapBacked]
    let orders: [Order] = [0, 0, 0, 1, 1, 2, 3, 4, 6, 9, 10].map { Order($0) }
    var blocks: [(FrameNumber, Order)] = []
    for _ in 0..<12_000 {
      if generator.next(upperBound: 5) < 3 || blocks.isEmpty {
        let order = orders[Int(generator.next(upperBound: UInt64(orders.count)))]
        let state = states[Int(generator.next(upperBound: UInt64(states.count)))]
        let core = Int(generator.next(upperBound: 2))
        guard
          let frame = memory.allocate(order, .movable, owner: FrameOwner(state: state), core: core)
        else { continue }
        memory.frames.set(flags[Int(generator.next(upperBound: UInt64(flags.count)))], of: frame)
        blocks.append((frame, order))
      } else {
        let (frame, order) = blocks.remove(
          at: Int(generator.next(upperBound: UInt64(blocks.count))))
        memory.free(frame, order, core: Int(generator.next(upperBound: 2)))
      }
    }
  }

  /// Planes and bytes say the same, and so do the scans of both.
  private static func check<Allocator: FrameAllocator & ~Copyable>(
    _ memory: borrowing PhysicalMemory<Allocator, NoObserver>, _ words: Comment
  ) {
    var bytes: [UInt8] = []
    memory.fillStates(&bytes, for: memory.range)
    var wrong: [Int] = []
    var plain = AvailabilityScan()
    plain.add(bytes, start: memory.range.start)
    var counted = AvailabilityScan()
    var pieces = 0
    memory.forEachStates { planes, start in
      counted.add(planes: planes, start: start)
      pieces += 1
      for index in 0..<planes.count * 32 {
        var state = 0
        for plane in 0..<4 {
          let word = planes[index / 128 * 4 + plane][index / 64 % 2]
          state |= Int(word >> UInt64(index % 64) & 1) << plane
        }
        if state != bytes[start.index - memory.range.start.index + index] {
          wrong.append(start.index + index)
        }
      }
    } states: { states, start in
      counted.add(states, start: start)
    }
    #expect(pieces > 0 && wrong.isEmpty, words)
    let limits = LinuxLimits(min: 10, low: 20)
    #expect(
      ZoneAvailability(plain, name: "Normal", limits: limits)
        == ZoneAvailability(counted, name: "Normal", limits: limits), words)
  }

  @Test("are what the bytes of single frames say, under the list buddy")
  func listBuddy() {
    for seed in 0..<UInt64(6) {
      var generator = SplitMix64(seed: seed)
      let frames = 20_000 + Int(generator.next(upperBound: 3)) * 700
      let table = FrameTable(frameCount: frames)
      let start = Int(generator.next(upperBound: 2)) * 300
      let buddy = ListBuddy(FrameRange(start: FrameNumber(start), count: frames - start), in: table)
      var memory = PhysicalMemory(
        frames: table, allocator: buddy, watermarks: .none, observer: NoObserver())
      Self.check(memory, "seed \(seed), nothing taken")
      Self.mix(&memory, &generator)
      Self.check(memory, "seed \(seed)")
    }
  }

  @Test("the same with blocks that cores hold, under the model of Linux")
  func linuxBuddy() {
    var heldByCores = 0
    for seed in 0..<UInt64(6) {
      var generator = SplitMix64(seed: seed)
      let table = FrameTable(frameCount: 30_000)
      let buddy = LinuxBuddy(
        FrameRange(start: FrameNumber(0), count: 30_000), in: table, coreCount: 2)
      var memory = PhysicalMemory(
        frames: table, allocator: buddy, watermarks: .none, observer: NoObserver())
      Self.mix(&memory, &generator)
      Self.check(memory, "seed \(seed)")
      var bytes: [UInt8] = []
      memory.fillStates(&bytes, for: memory.range)
      let held = bytes.count { $0 == FrameState.heldByCore.rawValue }
      let ofAllocator = memory.zone.allocator.heldFrames
      #expect(held == ofAllocator, "seed \(seed)")
      heldByCores += held
    }
    #expect(heldByCores > 0)
  }
}
