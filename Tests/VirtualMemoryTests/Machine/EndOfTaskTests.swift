import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: ends and edges")
struct EndOfTaskTests {
  @Test("a thread that has ended accesses nothing and calls nothing")
  func deadThread() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    let thread = try machine.clone(task)
    let address = try machine.mmap(task, length: 4096, .readWrite, [.private, .anonymous])
    machine.run(thread, on: 0)
    try machine.store(thread, address, [1])
    machine.exit(thread)
    machine.validate()
    #expect(throws: Signal(.killed, address: address)) {
      try machine.touch(thread, address, .read)
    }
    #expect(throws: Errno.noProcess) {
      try machine.mmap(thread, length: 4096, .read, [.private, .anonymous])
    }
    #expect(throws: Errno.noProcess) { try machine.munmap(thread, address, length: 4096) }
    #expect(throws: Errno.noProcess) { try machine.fork(thread) }
    #expect(try machine.load(task, address, count: 1) == [1])
    machine.validate()
  }

  @Test("the walk caches forget a table before its frame is used again")
  func freedTables() throws {
    var configuration = MachineConfiguration(frameCount: 512, swapPages: 64)
    configuration.watermarks = Watermarks.none
    var machine = Machine(configuration)
    let task = try machine.spawn()
    machine.run(task, on: 0)
    let block: UInt64 = 0x10_0000_0000
    let flags: MapFlags = [.private, .anonymous, .fixed]
    try machine.mmap(task, at: block, length: 4 << 12, .readWrite, flags)
    for page in 0..<UInt64(4) { try machine.store(task, block + page << 12, [7]) }
    try machine.madvise(task, block, length: 4 << 12, .pageOut)
    // A walk through the leaf table, which holds swap entries or nothing.
    #expect(throws: Signal.self) { try machine.touch(task, block + 100 << 12, .read) }
    machine.validate()
    try machine.munmap(task, block, length: 4 << 12)
    machine.validate()
    // All free frames get bytes that a walk would take for entries.
    let rest = try machine.mmap(task, length: 256 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<UInt64(256) {
      try machine.store(task, rest + page << 12, [UInt8](repeating: 0xff, count: 4096))
    }
    try machine.mmap(task, at: block + 100 << 12, length: 4096, .readWrite, flags)
    #expect(try machine.load(task, block + 100 << 12, count: 2) == [0, 0])
    machine.validate()
  }

  @Test("an mremap that finds no frame for a table leaves everything as it was")
  func failedMove() throws {
    var configuration = MachineConfiguration(frameCount: 128)
    configuration.watermarks = Watermarks.none
    var machine = Machine(configuration)
    let task = try machine.spawn()
    let source = try machine.mmap(task, length: 4096, .readWrite, [.private, .anonymous])
    try machine.store(task, source, [5])
    let filler = try machine.mmap(task, length: 120 << 12, .readWrite, [.private, .anonymous])
    var page: UInt64 = 0
    while machine.freeFrames > 0 {
      try machine.touch(task, filler + page << 12, .write)
      page += 1
    }
    let areas = machine.addressSpace(of: task)?.areaCount
    #expect(throws: Errno.noMemory) {
      try machine.mremap(
        task, source, oldLength: 4096, newLength: 4096, [.mayMove, .fixed], to: 0x10_0000_0000)
    }
    #expect(machine.addressSpace(of: task)?.areaCount == areas)
    #expect(try machine.load(task, source, count: 1) == [5])
    machine.validate()
  }

  @Test("numbers at their ends are errors, not traps")
  func extremes() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    #expect(throws: Errno.noMemory) { try machine.sbrk(task, .max) }
    #expect(throws: Errno.noMemory) { try machine.sbrk(task, .min) }
    let store = MemoryFileStore([1, 2, 3])
    let file = try machine.open(task, store, .readWrite)
    let buffer = try machine.mmap(task, length: 4096, .readWrite, [.private, .anonymous])
    #expect(try machine.pread(task, file, buffer, count: 10, offset: .max) == 0)
    try machine.fadvise(task, file, offset: .max, length: .max, .dontNeed)
    try machine.fadvise(task, file, offset: .max, length: .max, .willNeed)
    machine.validate()
  }

  @Test("munmap is refused for too many areas only where it cuts one in two")
  func mapCount() throws {
    var configuration = MachineConfiguration(frameCount: 1024)
    configuration.maxMapCount = 3
    var machine = Machine(configuration)
    let task = try machine.spawn()
    let base: UInt64 = 0x10_0000_0000
    let flags: MapFlags = [.private, .anonymous, .fixed]
    try machine.mmap(task, at: base, length: 3 << 12, .read, flags)
    try machine.mmap(task, at: base + 3 << 12, length: 3 << 12, .readWrite, flags)
    try machine.mmap(task, at: base + 8 << 12, length: 3 << 12, .read, flags)
    #expect(throws: Errno.noMemory) {
      try machine.munmap(task, base + 9 << 12, length: 4096)
    }
    try machine.munmap(task, base + 2 << 12, length: 2 << 12)
    #expect(machine.addressSpace(of: task)?.areaCount == 3)
    machine.validate()
  }
}
