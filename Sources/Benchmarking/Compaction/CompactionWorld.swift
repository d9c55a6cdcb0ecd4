import Fragmentation
import LinuxHost
import MemoryUnits
import PageFrames
import VirtualMemory

/// A machine whose memory is full of one task's pages of 4 KiB, which are then freed as an experiment
/// wants it.
struct CompactionWorld: ~Copyable {
  private(set) var machine: Machine
  private let task: TaskID
  private let base: UInt64
  private let pages: Int
  private var generator: SplitMix64
  /// Pages with a frame come first.
  private var order: [Int]
  private var live: Int

  private init(_ machine: consuming Machine, _ task: TaskID, base: UInt64, pages: Int, seed: UInt64)
  {
    self.machine = machine
    self.task = task
    self.base = base
    self.pages = pages
    generator = SplitMix64(seed: seed)
    order = Array(0..<pages)
    live = pages
  }

  /// Throws what a system call refused.
  static func full(
    _ allocator: MachineConfiguration.Allocator, frames: Int, keepsContents: Bool, seed: UInt64
  ) throws -> CompactionWorld {
    var configuration = MachineConfiguration(
      frameCount: frames, allocator: allocator, keepsContents: keepsContents)
    configuration.compaction.compactionProactiveness = 0
    var machine = Machine(configuration)
    let task = try machine.spawn()
    // Frames for tables, and a few for what else the kernel takes.
    let pages = (machine.freeFrames - 64) / 514 * 512
    let base = try machine.mmap(
      task, length: UInt64(pages) << 12, [.read, .write], [.private, .anonymous])
    let marks = machine.watermarks
    machine.setWatermarks(.none)
    // A page of each table first, so that tables lie together under allocators without classes.
    for page in stride(from: 0, to: pages, by: 512) {
      try machine.touch(task, base + UInt64(page) << 12, .write)
    }
    for page in 0..<pages {
      if keepsContents {
        try machine.store(task, base + UInt64(page) << 12, [UInt8(truncatingIfNeeded: page)])
      } else {
        try machine.touch(task, base + UInt64(page) << 12, .write)
      }
    }
    machine.setWatermarks(marks)
    return CompactionWorld(machine, task, base: base, pages: pages, seed: seed)
  }

  var freeHugeBlocks: Int {
    let blocks = machine.freeBlocksByOrder
    return Int(blocks[9] + 2 * blocks[10])
  }

  /// Free 2 MiB blocks if all free frames lay together.
  var idealBlocks: Int { machine.freeFrames / 512 }

  /// Frees random pages until so many are left.
  mutating func free(leaving count: Int) throws {
    while live > count {
      let chosen = Int(generator.next(upperBound: UInt64(live)))
      live -= 1
      order.swapAt(chosen, live)
      try machine.madvise(
        task, base + UInt64(order[live]) << 12, length: 4096, .dontNeed)
    }
  }

  mutating func freeHalf() throws { try free(leaving: pages / 2) }

  /// Replaces a tenth of the live pages: random ones go, as many come back.
  mutating func replaceTenth() throws {
    let before = live
    try free(leaving: before - before / 10)
    while live < before {
      try machine.touch(task, base + UInt64(order[live]) << 12, .write)
      live += 1
    }
  }

  /// Pins a share of the live pages, at random.
  mutating func pin(_ share: Double) throws {
    for index in 0..<Int((share * Double(live)).rounded()) {
      order.swapAt(index, index + Int(generator.next(upperBound: UInt64(live - index))))
      _ = try machine.pin(task, base + UInt64(order[index]) << 12)
    }
  }

  /// A whole run of compaction: the pages that moved, and the thread's CPU time, ns.
  mutating func compact() -> (moves: Int, ns: Double) {
    let began = ThreadClock.now
    let moves = Self.measuredCompaction(&machine)
    return (moves, Double(ThreadClock.now - began))
  }

  @inline(never)
  private static func measuredCompaction(_ machine: inout Machine) -> Int {
    machine.compactMemory()
  }

  /// Asks for so many 2 MiB blocks, each by direct compaction where none is free, and gives all
  /// back: those that were had, and the pages that moved.
  mutating func takeHugeBlocks(
    _ count: Int, _ policy: CompactionPolicy
  ) -> (blocks: Int, moves: UInt64) {
    machine.setBlockPlanner(policy.planner)
    defer { machine.setBlockPlanner(nil) }
    let moved = machine.counters.pgmigrateSuccess
    var taken: [FrameNumber] = []
    for _ in 0..<count {
      let block = machine.allocateBlock(
        .huge, FrameOwner(state: .unmovable), .movable, effort: [.direct, .noRetry])
      if let block { taken.append(block) }
    }
    // Nobody of the machine has them.
    for block in taken { machine.memory.free(block, .huge) }
    return (taken.count, machine.counters.pgmigrateSuccess - moved)
  }

  /// What the answer says of 2 MiB blocks.
  func answer() -> OrderAvailability? {
    let scan = AvailabilityScan { machine.forEachStates(planes: $0, states: $1) }
    let marks = machine.watermarks
    let zone = ZoneAvailability(
      scan, name: "Normal", limits: LinuxLimits(min: UInt64(marks.min), low: UInt64(marks.low)))
    return zone[.huge]
  }

  /// All invariants, and every byte of the live pages.
  mutating func verify() throws(BenchmarkFault) {
    machine.validate()
    guard machine.configuration.keepsContents else { return }
    for page in order[..<live] {
      let found = try? machine.load(task, base + UInt64(page) << 12, count: 1)
      guard found == [UInt8(truncatingIfNeeded: page)] else {
        throw BenchmarkFault(.miscounted, "page \(page) has another byte")
      }
    }
  }
}
