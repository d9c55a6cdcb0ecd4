import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: counters of folios of 64 kB as a running Linux 6.18 has them")
struct MultiSizeCountersTests {
  private struct World: ~Copyable {
    var machine: Machine
    let task: TaskID
    var before = HugePageCounters()

    init(_ machine: consuming Machine, _ task: TaskID) {
      self.task = task
      self.machine = machine
    }

    mutating func map() throws {
      try machine.mmap(
        task, at: hugeBase, length: 64 << 12, .readWrite, [.private, .anonymous, .fixed])
    }

    mutating func write(_ pages: Range<UInt64>) throws {
      for page in pages { try machine.store(task, hugeBase + page << 12, [1]) }
    }

    mutating func advise(_ page: UInt64, _ count: UInt64, _ advice: Advice) throws {
      try machine.madvise(task, hugeBase + page << 12, length: count << 12, advice)
    }

    mutating func expect(_ step: String, _ wanted: [String: Int] = [:]) {
      machine.validate()
      let now = machine.hugePageStatistics[4]
      var changes: [String: Int] = [:]
      for (new, old) in zip(now.named, before.named) where new.value != old.value {
        changes[new.name] = Int(new.value) - Int(old.value)
      }
      #expect(changes == wanted, "\(step)")
      before = now
    }
  }

  /// What scripts/check-multi-size printed on Linux 6.18.44, step by step.
  @Test("one life of four folios")
  func life() throws {
    var machine = hugeMachine(frames: 4096, sizedPages([4]))
    let task = try machine.spawn()
    var world = World(machine, task)
    try world.map()
    _ = try world.machine.load(world.task, hugeBase, count: 1)
    world.expect("read")
    try world.write(0..<1)
    world.expect("write after read")
    try world.machine.munmap(world.task, hugeBase, length: 64 << 12)
    world.expect("munmap")
    try world.map()
    try world.write(0..<16)
    world.expect("write 16 pages", ["anon_fault_alloc": 1, "nr_anon": 1])
    try world.write(16..<64)
    world.expect("write 48 more", ["anon_fault_alloc": 3, "nr_anon": 3])
    try world.machine.munmap(world.task, hugeBase, length: 12 << 12)
    world.expect("munmap 12 of 16", ["split_deferred": 1, "nr_anon_partially_mapped": 1])
    try world.machine.munmap(world.task, hugeBase + 12 << 12, length: 4 << 12)
    world.expect("munmap the rest of it", ["nr_anon": -1, "nr_anon_partially_mapped": -1])
    try world.machine.mprotect(world.task, hugeBase + 17 << 12, length: 4096, .read)
    world.expect("mprotect one page")
    try world.machine.mprotect(world.task, hugeBase + 17 << 12, length: 4096, .readWrite)
    let child = try world.machine.fork(world.task)
    try world.machine.store(child, hugeBase + 18 << 12, [7])
    world.expect("child: write one page")
    world.machine.exit(child)
    world.expect("after the child's exit")
    try world.advise(16, 16, .cold)
    world.expect("COLD of all of one")
    try world.advise(16, 1, .cold)
    world.expect("COLD of a page", ["split": 1, "split_deferred": 1, "nr_anon": -1])
    try world.advise(32, 16, .free)
    world.expect("FREE of all of one")
    try world.advise(32, 1, .free)
    world.expect("FREE of a page", ["split": 1, "split_deferred": 1, "nr_anon": -1])
    try moved(&world)
  }

  /// The second half: the last folio at a place that is not aligned for it.
  private func moved(_ world: inout World) throws {
    let task = world.task
    let place = hugeBase + 0x1_0000_5000
    let length: UInt64 = 65_536
    try world.machine.mremap(
      task, hugeBase + 48 << 12, oldLength: length, newLength: length, [.mayMove, .fixed], to: place
    )
    world.expect("mremap to an unaligned place")
    try world.machine.store(task, place, [3])
    try world.machine.mlock(task, place, length: length)
    world.expect("mlock")
    try world.machine.munlock(task, place + 4096, length: 4096)
    world.expect("munlock a page")
    try world.machine.munlock(task, place, length: length)
    world.expect("munlock")
    try world.machine.madvise(task, place, length: length - 4096, .dontNeed)
    world.expect("DONTNEED of 15 of 16", ["split_deferred": 1, "nr_anon_partially_mapped": 1])
    try world.machine.madvise(task, place, length: length, .pageOut)
    world.expect(
      "PAGEOUT of the page", ["split": 1, "nr_anon": -1, "nr_anon_partially_mapped": -1])
    try world.machine.munmap(task, hugeBase + 16 << 12, length: 48 << 12)
    try world.machine.munmap(task, place, length: length)
    world.expect("munmap all")
    #expect(world.machine.userFrames == 0)
  }
}
