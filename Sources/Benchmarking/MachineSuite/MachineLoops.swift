import MemoryUnits
import VirtualMemory

/// The loops whose instructions Benchmarks/instructions counts: each a function of its own, so that
/// callgrind can tell them apart.
enum MachineLoops {
  /// Writes to `pages` pages from `address` on.
  @inline(never)
  static func measuredTouch(
    _ machine: inout Machine, _ task: TaskID, _ address: UInt64, _ pages: Int
  ) throws {
    for page in 0..<UInt64(pages) { try machine.touch(task, address + page << 12, .write) }
  }

  /// The same where every page faults.
  @inline(never)
  static func measuredFault(
    _ machine: inout Machine, _ task: TaskID, _ address: UInt64, _ pages: Int
  ) throws {
    for page in 0..<UInt64(pages) { try machine.touch(task, address + page << 12, .write) }
  }

  /// `count` writes to 64 pages in turn, which the first-level TLB holds. Returns the sum of the lowest
  /// bits of their frames.
  @inline(never)
  static func measuredHit(
    _ machine: inout Machine, _ task: TaskID, _ address: UInt64, _ count: Int
  ) throws -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<UInt64(count) {
      sum &+= try machine.touch(task, address + (index & 63) << 12, .write) >> 12 & 1
    }
    return sum
  }

  @inline(never)
  static func measuredFork(_ machine: inout Machine, _ task: TaskID) throws -> TaskID {
    try machine.fork(task)
  }

  @inline(never)
  static func measuredUnmap(
    _ machine: inout Machine, _ task: TaskID, _ address: UInt64, _ bytes: UInt64
  ) throws {
    try machine.munmap(task, address, length: bytes)
  }

  /// How many of the pages lie in an area.
  @inline(never)
  static func measuredFind(_ space: AddressSpace, _ pages: [Int]) -> Int {
    var found = 0
    for page in pages where space.area(containing: page) != nil { found += 1 }
    return found
  }
}
