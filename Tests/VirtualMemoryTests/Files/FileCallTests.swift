import PageFrames
import Testing
import VirtualMemory

@Suite("Files: system calls")
struct FileCallTests {
  @Test("read gives the file's bytes, then 0; pread leaves the offset; lseek moves it")
  func reading() throws {
    let bytes = pattern(10_000)
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    try machine.addFile("/data", MemoryFileStore(bytes))
    let file = try machine.open(task, "/data")
    #expect(try machine.read(task, file, buffer + 3, count: 6000) == 6000)
    #expect(try machine.load(task, buffer + 3, count: 6000) == bytes[..<6000] + [])
    #expect(try machine.pread(task, file, buffer, count: 100, offset: 9_950) == 50)
    #expect(try machine.load(task, buffer, count: 50) == bytes[9_950...] + [])
    #expect(try machine.read(task, file, buffer, count: 6000) == 4000)
    #expect(try machine.read(task, file, buffer, count: 6000) == 0)
    #expect(try machine.lseek(task, file, -1, .end) == 9_999)
    #expect(try machine.read(task, file, buffer, count: 10) == 1)
    #expect(machine.counters.bytesCopiedByRead == 10_051)
    #expect(throws: Errno.invalid) { try machine.lseek(task, file, -1) }
    #expect(throws: Errno.badFile) { _ = try machine.write(task, file, buffer, count: 1) }
    #expect(throws: Errno.badFile) { _ = try machine.read(task, 9, buffer, count: 1) }
    try machine.close(task, file)
    #expect(throws: Errno.badFile) { try machine.close(task, file) }
    machine.validate()
  }

  @Test("what is written is in the cache at once and in the store after fsync")
  func writing() throws {
    let store = MemoryFileStore(pattern(5000))
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    try machine.addFile("/data", store)
    let file = try machine.open(task, "/data", .readWrite)
    try machine.store(task, buffer, [UInt8](repeating: 9, count: 9000))
    #expect(try machine.pwrite(task, file, buffer, count: 9000, offset: 4090) == 9000)
    #expect(try machine.fstat(task, file).size == 13_090)
    #expect(try machine.fstat(task, file).dirtyPages == 4)
    #expect(store.contents == pattern(5000))
    machine.validate()
    try machine.fsync(task, file)
    #expect(store.contents == pattern(5000)[..<4090] + [UInt8](repeating: 9, count: 9000))
    #expect(machine.counters.pgpgout == 16)
    #expect(try machine.fstat(task, file).dirtyPages == 0)
    // A hole reads as zero, and an append goes to the end.
    let appended = try machine.open(task, "/data", [.writeOnly, .append])
    #expect(try machine.pwrite(task, file, buffer, count: 1, offset: 20_000) == 1)
    #expect(try machine.write(task, appended, buffer, count: 2) == 2)
    #expect(try machine.pread(task, file, buffer, count: 9000, offset: 13_000) == 7003)
    #expect(
      try machine.load(task, buffer, count: 7003)
        == [UInt8](repeating: 9, count: 90) + [UInt8](repeating: 0, count: 6910) + [9, 9, 9])
    machine.exit(task)
    machine.validate()
    let named = machine.file(named: "/data")
    #expect(named.flatMap { machine.status(of: $0) }?.dirtyPages == 1)
    machine.sync()
    #expect(store.contents.count == 20_003)
    machine.validate()
  }

  @Test("dup and fork share the offset; two openings do not")
  func offsets() throws {
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    try machine.addFile("/data", MemoryFileStore(pattern(100)))
    let first = try machine.open(task, "/data")
    let copy = try machine.dup(task, first)
    let second = try machine.open(task, "/data")
    let child = try machine.fork(task)
    #expect([first, copy, second] == [0, 1, 2])
    #expect(try machine.read(task, first, buffer, count: 10) == 10)
    #expect(try machine.read(child, copy, buffer, count: 10) == 10)
    #expect(machine.openFile(task, copy)?.offset == 20)
    #expect(machine.openFile(child, second)?.offset == 0)
    machine.validate()
    machine.exit(task)
    #expect(try machine.read(child, first, buffer, count: 10) == 10)
    #expect(try machine.load(child, buffer, count: 10) == pattern(30)[20...] + [])
    machine.exit(child)
    machine.validate()
  }

  @Test("names: ENOENT, EEXIST, O_CREAT, O_TRUNC; an unlinked file lives on for who has it open")
  func names() throws {
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    #expect(throws: Errno.noEntry) { _ = try machine.open(task, "/new") }
    let file = try machine.open(task, "/new", [.create, .exclusive, .readWrite])
    #expect(throws: Errno.exists) {
      _ = try machine.open(task, "/new", [.create, .exclusive, .readWrite])
    }
    #expect(try machine.write(task, file, buffer, count: 5000) == 5000)
    let again = try machine.open(task, "/new", [.writeOnly, .truncate])
    #expect(try machine.fstat(task, again).size == 0)
    try machine.unlink("/new")
    #expect(throws: Errno.noEntry) { try machine.unlink("/new") }
    #expect(try machine.write(task, again, buffer, count: 100) == 100)
    #expect(try machine.pread(task, file, buffer, count: 500, offset: 0) == 100)
    machine.validate()
    try machine.close(task, file)
    try machine.close(task, again)
    machine.validate()
  }

  @Test("a file without users keeps its cache as long as it has a name")
  func cachedByName() throws {
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    let free = machine.memory.freeFrames
    try machine.addFile("/data", MemoryFileStore(pattern(8192)))
    for _ in 0..<2 {
      let file = try machine.open(task, "/data")
      #expect(try machine.read(task, file, buffer, count: 8192) == 8192)
      try machine.close(task, file)
    }
    #expect(machine.counters.pgpgin == 8)
    machine.validate()
    try machine.unlink("/data")
    try machine.munmap(task, buffer, length: 64 << 12)
    #expect(machine.memory.freeFrames == free)
    machine.validate()
  }

  @Test("a file opened by its store is one file for all, and written back when its last user goes")
  func byStore() throws {
    let store = MemoryFileStore([1, 2, 3])
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    let other = try machine.spawn()
    let file = try machine.open(task, store, .readWrite)
    let same = try machine.open(other, store)
    #expect(try machine.fstat(task, file).id == machine.fstat(other, same).id)
    try machine.store(task, buffer, [7])
    #expect(try machine.pwrite(task, file, buffer, count: 1, offset: 1) == 1)
    machine.exit(other)
    #expect(store.contents == [1, 2, 3])
    machine.exit(task)
    #expect(store.contents == [1, 7, 3])
    machine.validate()
  }

  @Test("EFAULT raises no signal, and what was copied before counts")
  func faults() throws {
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer(pages: 2)
    try machine.addFile("/data", MemoryFileStore(pattern(20_000)))
    let file = try machine.open(task, "/data", .readWrite)
    #expect(throws: Errno.fault) { _ = try machine.read(task, file, 0x1000, count: 10) }
    #expect(throws: Errno.fault) { _ = try machine.read(task, file, 1 << 63, count: 10) }
    #expect(throws: Errno.fault) { _ = try machine.write(task, file, 0x1000, count: 10) }
    #expect(try machine.read(task, file, buffer + 4096, count: 8192) == 4096)
    #expect(machine.openFile(task, file)?.offset == 4096)
    try machine.mprotect(task, buffer, length: 8192, .read)
    #expect(throws: Errno.fault) { _ = try machine.read(task, file, buffer, count: 10) }
    #expect(machine.task(task)?.pending.isEmpty == true)
    #expect(machine.counters.segmentationFaults == 0)
    // Not a page beyond the end remains of a write that had no bytes.
    #expect(throws: Errno.fault) {
      _ = try machine.pwrite(task, file, buffer + 8192, count: 10, offset: 1 << 20)
    }
    #expect(try machine.fstat(task, file).size == 20_000)
    machine.validate()
  }

  @Test("errors of the store: EIO from read, ENOSPC once from fsync while the page stays dirty")
  func storeErrors() throws {
    let store = FailingStore(pattern(8192))
    let task = firstTask
    let buffer = firstBuffer
    var machine = try machineWithBuffer()
    try machine.addFile("/data", store)
    let file = try machine.open(task, "/data", .readWrite)
    store.fail(reading: .inputOutput)
    #expect(throws: Errno.inputOutput) { _ = try machine.read(task, file, buffer, count: 10) }
    let mapped = try machine.mmap(task, length: 8192, .readWrite, .shared, descriptor: file)
    #expect(throws: Signal(.busError, address: mapped)) { try machine.touch(task, mapped, .read) }
    store.fail(writing: .noSpace)
    try machine.store(task, mapped, [1, 2, 3])
    machine.sync()
    #expect(try machine.fstat(task, file).dirtyPages == 1)
    machine.validate()
    store.fail()
    // The failure of sync above is told once by each, though their own writing succeeds.
    let late = try machine.open(task, "/data")
    #expect(throws: Errno.noSpace) { try machine.fsync(task, file) }
    try machine.fsync(task, file)
    try machine.fsync(task, late)
    #expect(throws: Errno.noSpace) { try machine.msync(task, mapped, length: 8192, .sync) }
    try machine.msync(task, mapped, length: 8192, .sync)
    #expect(store.contents[..<4] == [1, 2, 3, pattern(8192)[3]])
    machine.validate()
  }

  @Test("a store that cannot be written cannot be opened for writing")
  func readOnlyStore() throws {
    let task = firstTask
    var machine = try machineWithBuffer()
    try machine.addFile("/data", FailingStore([1], isWritable: false))
    #expect(throws: Errno.access) { _ = try machine.open(task, "/data", .readWrite) }
    let file = try machine.open(task, "/data")
    #expect(throws: Errno.access) {
      try machine.mmap(task, length: 4096, .readWrite, .shared, descriptor: file)
    }
    try machine.mmap(task, length: 4096, .readWrite, .private, descriptor: file)
    machine.validate()
  }

  @Test("descriptors run out at 1024")
  func limit() throws {
    let task = firstTask
    var machine = try machineWithBuffer()
    try machine.addFile("/data", MemoryFileStore())
    for expected in 0..<1024 { #expect(try machine.open(task, "/data") == Int32(expected)) }
    #expect(throws: Errno.tooManyFiles) { _ = try machine.open(task, "/data") }
    try machine.close(task, 17)
    #expect(try machine.dup(task, 3) == 17)
    machine.exit(task)
    machine.validate()
  }
}
