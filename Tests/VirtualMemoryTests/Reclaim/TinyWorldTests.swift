import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: every short sequence in a machine of a few frames")
struct TinyWorldTests {
  static let operations = 9

  /// Two tasks at most, six private pages and two shared ones, fewer frames and slots than pages.
  private struct World: ~Copyable {
    var machine: Machine
    var parent = TaskID(rawValue: 0)
    var child: TaskID?
    var own: UInt64 = 0
    var shared: UInt64 = 0
    /// The first byte of every page by task; private pages, then shared ones.
    var bytes: [TaskID: [UInt8]] = [:]
    var common: [UInt8] = [0, 0]
    var next: UInt8 = 1

    init(swap: Int) throws {
      machine = Machine(
        MachineConfiguration(
          frameCount: 28, watermarks: Watermarks(min: 1, low: 2, high: 4), swapPages: swap))
      parent = try machine.spawn()
      own = try machine.mmap(parent, length: 6 << 12, .readWrite, [.private, .anonymous])
      shared = try machine.mmap(parent, length: 2 << 12, .readWrite, [.shared, .anonymous])
      bytes[parent] = [UInt8](repeating: 0, count: 6)
    }

    func lives(_ task: TaskID) -> Bool { machine.task(task)?.state == .running }

    mutating func write(_ task: TaskID, _ pages: Range<Int>) throws {
      for page in pages {
        try machine.store(task, own + UInt64(page) << 12, [next])
        bytes[task, default: []][page] = next
        next &+= 1
      }
    }

    mutating func check(_ task: TaskID) throws -> Bool {
      for page in 0..<6 {
        let found = try machine.load(task, own + UInt64(page) << 12, count: 1)
        if found[0] != bytes[task, default: []][page] { return false }
      }
      for page in 0..<2 {
        let found = try machine.load(task, shared + UInt64(page) << 12, count: 1)
        if found[0] != common[page] { return false }
      }
      return true
    }

    mutating func apply(_ operation: Int) throws -> Bool {
      let other = child ?? parent
      switch operation {
      case 0: try write(parent, 0..<4)
      case 1: try write(other, 2..<6)
      case 2:
        try machine.store(other, shared + 4096, [next])
        common[1] = next
        next &+= 1
      case 3: return try check(parent)
      case 4: return try check(other)
      case 5 where child == nil:
        let made = try machine.fork(parent)
        child = made
        bytes[made] = bytes[parent]
      case 6:
        if let child { machine.exit(child) }
        child = nil
      case 7:
        try machine.madvise(parent, own, length: 6 << 12, .pageOut)
        try machine.madvise(parent, shared, length: 2 << 12, .pageOut)
      case 8:
        try machine.madvise(other, own + 8192, length: 8192, .dontNeed)
        bytes[other, default: []][2] = 0
        bytes[other, default: []][3] = 0
      default: break
      }
      return true
    }
  }

  @Test("contents and invariants hold after each step", arguments: [0, 3, 12])
  func everySequence(swap: Int) throws {
    let length = isLong ? 6 : 4
    var count = 1
    for _ in 0..<length { count *= Self.operations }
    var kills: UInt64 = 0
    for number in 0..<count {
      var world = try World(swap: swap)
      var rest = number
      for _ in 0..<length where world.lives(world.parent) {
        do {
          let isRight = try world.apply(rest % Self.operations)
          #expect(isRight, "sequence \(number) with \(swap) slots")
        } catch is Signal {
        } catch let error as Errno where error == .noMemory {
        }
        if let child = world.child, !world.lives(child) { world.child = nil }
        world.machine.validate()
        rest /= Self.operations
      }
      kills += world.machine.counters.oomKill
    }
    #expect(swap > 0 || kills > 0)
  }
}
