import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

/// Machines with overcommit_memory = 2 and a commit limit of 128 pages.
@Suite("Machine: commit accounting")
struct CommitTests {
  private static func machine(overcommit: Int = 2) -> Machine {
    var configuration = MachineConfiguration(frameCount: 256)
    configuration.overcommit = overcommit
    return Machine(configuration)
  }

  @Test("a stack that grows is charged for its growth alone")
  func stack() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    let top: UInt64 = 0x7000_0000_0000
    try machine.mmap(
      task, at: top - 100 << 12, length: 100 << 12, .readWrite,
      [.private, .anonymous, .fixed, .growsDown])
    try machine.touch(task, top - 128 << 12, .write)
    #expect(machine.committedPages == 128)
    #expect(throws: Signal(.segmentationNoArea, address: top - 129 << 12)) {
      try machine.touch(task, top - 129 << 12, .write)
    }
    machine.validate()
  }

  @Test("a mapping in the place of others is charged for what it adds")
  func fixed() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 100 << 12, .readWrite, [.private, .anonymous])
    try machine.mmap(
      task, at: address + 10 << 12, length: 100 << 12, .readWrite, [.private, .anonymous, .fixed])
    #expect(machine.committedPages == 110)
    #expect(throws: Errno.noMemory) {
      try machine.mmap(
        task, at: address + 50 << 12, length: 100 << 12, .readWrite,
        [.private, .anonymous, .fixed])
    }
    #expect(machine.committedPages == 110)
    machine.validate()
  }

  @Test("shared memory counts once, as a whole, from mmap until nobody has it")
  func shared() throws {
    var machine = Self.machine()
    let parent = try machine.spawn()
    let address = try machine.mmap(parent, length: 100 << 12, .read, [.shared, .anonymous])
    #expect(machine.committedPages == 100)
    #expect(throws: Errno.noMemory) {
      try machine.mmap(parent, length: 29 << 12, .readWrite, [.shared, .anonymous])
    }
    #expect(throws: Errno.noMemory) {
      try machine.mmap(parent, length: 29 << 12, .readWrite, [.private, .anonymous])
    }
    let child = try machine.fork(parent)
    #expect(machine.committedPages == 100)
    try machine.munmap(parent, address, length: 100 << 12)
    try machine.munmap(child, address, length: 99 << 12)
    #expect(machine.committedPages == 100)
    machine.validate()
    machine.exit(child)
    #expect(machine.committedPages == 0)
    machine.validate()
    var other = Self.machine(overcommit: 0)
    let task = try other.spawn()
    try other.mmap(task, length: 100 << 12, .readWrite, [.shared, .anonymous, .noReserve])
    #expect(other.committedPages == 0)
    #expect(throws: Errno.noMemory) {
      try other.mmap(task, length: 257 << 12, .readWrite, [.shared, .anonymous])
    }
    other.validate()
  }
}
