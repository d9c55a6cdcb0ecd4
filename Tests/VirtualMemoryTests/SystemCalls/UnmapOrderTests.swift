import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: frames of pages that go")
struct UnmapOrderTests {
  /// Two tasks that share some pages, with populated ranges, single pages, pages locked and pages of
  /// more than one group; then one unmaps all.
  private static func unmapped(
    seed: UInt64, records: Bool
  ) throws -> (events: [MachineEvent], mapped: [FrameNumber], swapped: Int, state: [String]) {
    var configuration = MachineConfiguration(frameCount: 4096, swapPages: 256)
    configuration.watermarks = Watermarks.none
    var machine = Machine(configuration)
    var generator = SplitMix64(seed: seed)
    let task = try machine.spawn()
    machine.run(task, on: 0)
    let base: UInt64 = 0x10_0000_0000
    let length: UInt64 = 1500 << 12
    try machine.mmap(task, at: base, length: length, .readWrite, [.private, .anonymous, .fixed])
    var other = task
    for step in 0..<12 {
      let page = generator.next(upperBound: 1400)
      let count = 1 + generator.next(upperBound: 100)
      let address = base + page << 12
      switch generator.next(upperBound: 5) {
      // Refused where pages are locked.
      case 0: try? machine.madvise(task, address, length: count << 12, .pageOut)
      case 1: try machine.mlock(task, address, length: count << 12)
      case 2: try machine.touch(task, address, .read)
      default: try machine.madvise(task, address, length: count << 12, .populateWrite)
      }
      if step == 6 { other = try machine.fork(task) }
      if step > 6 { try machine.touch(other, base + page << 12, .write) }
    }
    var mapped: [FrameNumber] = []
    var swapped = 0
    for page in 0..<1500 {
      let entry = machine.pagemap(task, page: Int(base >> 12) + page)
      if entry.isSwapped { swapped += 1 }
      if entry.isPresent, !entry.isZero, entry.isExclusive { mapped.append(entry.frame) }
    }
    machine.recordEvents(records)
    try machine.munmap(task, base, length: length)
    let events = machine.takeEvents()
    machine.validate()
    var counts = machine.counters.named.map { "\($0.name) \($0.value)" }
    counts.append("\(machine.freeBlocksByOrder) \(machine.freeFrames) \(machine.clock)")
    machine.recordEvents(false)
    // Where frames lie in their lists shows in who gets which.
    let next = try machine.mmap(task, length: 64 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<UInt64(64) {
      counts.append("\(try machine.touch(task, next + page << 12, .write))")
    }
    return (events, mapped, swapped, counts)
  }

  @Test("are freed in the order of their pages, each an event, and recording changes nothing")
  func order() throws {
    for seed in 0..<UInt64(isLong ? 500 : 50) {
      let recorded = try Self.unmapped(seed: seed, records: true)
      let silent = try Self.unmapped(seed: seed, records: false)
      #expect(recorded.state == silent.state, "seed \(seed)")
      #expect(silent.events.isEmpty)
      let freed = recorded.events.compactMap { event -> FrameNumber? in
        if case .frameFreed(let frame) = event.kind { frame } else { nil }
      }
      // Page tables go last. A page in swap can have a frame in the swap cache, which goes with it.
      let mapped = Set(recorded.mapped)
      #expect(freed.filter { mapped.contains($0) } == recorded.mapped, "seed \(seed)")
      let pages = freed.lastIndex { mapped.contains($0) }.map { $0 + 1 } ?? 0
      #expect(pages <= recorded.mapped.count + recorded.swapped, "seed \(seed)")
      #expect(freed.count > pages, "seed \(seed)")
    }
  }
}
