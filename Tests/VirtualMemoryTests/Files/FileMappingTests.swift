import Testing
import VirtualMemory

@Suite("Files: mappings")
struct FileMappingTests {
  @Test("bytes come from the file, the tail of the last page is zero, a page further is SIGBUS")
  func endOfFile() throws {
    let task = firstTask
    var machine = try machineWithBuffer()
    try machine.addFile("/data", MemoryFileStore(pattern(5000)))
    let file = try machine.open(task, "/data")
    for kind in [MapFlags.private, .shared] {
      let at = try machine.mmap(task, length: 16_384, .read, kind, descriptor: file)
      #expect(
        try machine.load(task, at, count: 8192)
          == pattern(5000) + [UInt8](repeating: 0, count: 3192))
      #expect(throws: Signal(.busError, address: at + 8192)) {
        try machine.load(task, at + 8192, count: 1)
      }
      machine.validate()
    }
    #expect(machine.takeSignal(task) == nil || machine.counters.busErrors == 2)
  }

  @Test("a private page is copied at its first write; the file and other mappings do not see it")
  func privateCopy() throws {
    let store = MemoryFileStore(pattern(8192))
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    let file = try machine.open(task, store, .readWrite)
    let mine = try machine.mmap(task, length: 8192, .readWrite, .private, descriptor: file)
    let all = try machine.mmap(task, length: 8192, .readWrite, .shared, descriptor: file)
    try machine.store(task, mine + 10, [1, 2, 3])
    #expect(try machine.load(task, all + 10, count: 3) == pattern(8192)[10..<13] + [])
    // The page that was not copied shows what is written to the file, the other does not.
    try machine.store(task, all + 20, [8])
    try machine.store(task, buffer, [9])
    #expect(try machine.pwrite(task, file, buffer, count: 1, offset: 5000) == 1)
    #expect(try machine.load(task, mine + 20, count: 1) == [pattern(8192)[20]])
    #expect(try machine.load(task, mine + 5000, count: 1) == [9])
    #expect(try machine.load(task, all + 5000, count: 1) == [9])
    #expect(try machine.pread(task, file, buffer, count: 30, offset: 0) == 30)
    #expect(try machine.load(task, buffer + 20, count: 1) == [8])
    try machine.msync(task, all, length: 8192, .sync)
    var expected = pattern(8192)
    expected[20] = 8
    expected[5000] = 9
    #expect(store.contents == expected)
    machine.exit(task)
    #expect(store.contents == expected)
    machine.validate()
  }

  @Test("two tasks share one object at different addresses, after munmap through the cache")
  func sharedObject() throws {
    let store = MemoryFileStore(pattern(12_288))
    let task = firstTask
    var machine = try machineWithBuffer()
    try machine.addFile("/object", store)
    let other = try machine.spawn()
    let first = try machine.mmap(
      task, at: 0x10_0000_0000, length: 12_288, .readWrite, [.shared, .fixed],
      descriptor: machine.open(task, "/object", .readWrite))
    let second = try machine.mmap(
      other, at: 0x20_0000_0000, length: 8192, .readWrite, [.shared, .fixed],
      descriptor: machine.open(other, "/object", .readWrite), offset: 4096)
    try machine.store(task, first + 4096, [1, 2, 3])
    #expect(try machine.load(other, second, count: 3) == [1, 2, 3])
    try machine.store(other, second + 4096, [4])
    machine.validate()
    try machine.munmap(task, first, length: 12_288)
    #expect(store.contents == pattern(12_288))
    let again = try machine.mmap(task, length: 12_288, .read, .shared, descriptor: 0)
    #expect(try machine.load(task, again + 8192, count: 1) == [4])
    #expect(machine.counters.pgpgin == 12)
    machine.sync()
    #expect(store.contents[4096...4099] == [1, 2, 3, pattern(12_288)[4099]])
    #expect(store.contents[8192] == 4)
    machine.validate()
  }

  @Test("the first write to a clean page faults, the next does not, until it was written back")
  func dirtyTracking() throws {
    let store = MemoryFileStore(pattern(4096))
    let task = firstTask
    var machine = try machineWithBuffer()
    let file = try machine.open(task, store, .readWrite)
    let at = try machine.mmap(task, length: 4096, .readWrite, .shared, descriptor: file)
    func faults(_ machine: inout Machine, _ write: UInt8) throws -> UInt64 {
      let before = machine.counters.pgfault
      try machine.store(task, at, [write])
      return machine.counters.pgfault - before
    }
    try machine.touch(task, at, .read)
    #expect(try faults(&machine, 1) == 1)
    #expect(try faults(&machine, 2) == 0)
    #expect(try machine.fstat(task, file).dirtyPages == 1)
    try machine.msync(task, at, length: 4096, .async)
    #expect(store.contents[0] == pattern(4096)[0])
    try machine.msync(task, at, length: 4096, .sync)
    #expect(store.contents[0] == 2)
    #expect(try machine.fstat(task, file).dirtyPages == 0)
    #expect(try faults(&machine, 3) == 1)
    machine.validate()
  }

  @Test("ftruncate takes pages out of every mapping; what comes back is zero")
  func truncation() throws {
    let store = MemoryFileStore(pattern(20_000))
    let task = firstTask
    var machine = try machineWithBuffer()
    let file = try machine.open(task, store, .readWrite)
    let all = try machine.mmap(task, length: 20_480, .readWrite, .shared, descriptor: file)
    let mine = try machine.mmap(task, length: 20_480, .readWrite, .private, descriptor: file)
    let child = try machine.fork(task)
    for page in 0..<5 as Range<UInt64> {
      try machine.store(task, mine + page << 12, [1])
      try machine.touch(child, all + page << 12, .read)
    }
    try machine.ftruncate(task, file, 5000)
    machine.validate()
    #expect(store.contents == pattern(5000))
    #expect(throws: Signal(.busError, address: all + 8192)) {
      try machine.touch(child, all + 8192, .read)
    }
    // Also the private copy is gone, but not that of a page before the end.
    #expect(throws: Signal(.busError, address: mine + 8192)) {
      try machine.touch(task, mine + 8192, .write)
    }
    #expect(try machine.load(task, mine, count: 1) == [1])
    #expect(try machine.load(child, all + 4999, count: 3) == [pattern(5000)[4999], 0, 0])
    // A mapping may write behind the end; the file does not get it.
    try machine.store(task, all + 6000, [5])
    try machine.ftruncate(task, file, 10_000)
    #expect(
      try machine.load(child, all + 5000, count: 5000) == [UInt8](repeating: 0, count: 5000))
    try machine.store(task, all + 9000, [6])
    try machine.fsync(task, file)
    #expect(store.contents.count == 10_000)
    #expect(store.contents[9000] == 6)
    #expect(throws: Errno.invalid) { try machine.ftruncate(task, file, -1) }
    #expect(throws: Errno.fileTooLarge) { try machine.ftruncate(task, file, 1 << 50) }
    let reading = try machine.open(task, store)
    #expect(throws: Errno.invalid) { try machine.ftruncate(task, reading, 0) }
    machine.validate()
  }
}
