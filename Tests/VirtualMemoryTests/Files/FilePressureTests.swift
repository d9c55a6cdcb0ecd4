import MemoryUnits
import Testing
import VirtualMemory

@Suite("Files: in a machine too small for them")
struct FilePressureTests {
  @Test("a file three times as large as memory is written and read, by calls and by a mapping")
  func larger() throws {
    let pages = 1500
    let store = MemoryFileStore([UInt8](repeating: 0, count: pages << 12))
    var machine = try machineWithBuffer(frames: 512, pages: 4)
    try machine.addFile("/data", store)
    let file = try machine.open(firstTask, "/data", .readWrite)
    let at = try machine.mmap(
      firstTask, length: UInt64(pages) << 12, .readWrite, .shared, descriptor: file)
    var random = SplitMix64(seed: 7)
    for page in 0..<pages {
      let byte = UInt8(truncatingIfNeeded: page)
      if page & 1 == 0 {
        try machine.store(firstTask, at + UInt64(page) << 12, [byte])
      } else {
        try machine.store(firstTask, firstBuffer, [byte])
        #expect(
          try machine.pwrite(firstTask, file, firstBuffer, count: 1, offset: page << 12) == 1)
      }
      if page % 100 == 0 { machine.validate() }
    }
    for _ in 0..<pages {
      let page = Int(random.next(upperBound: UInt64(pages)))
      let expected = [UInt8(truncatingIfNeeded: page)]
      #expect(try machine.load(firstTask, at + UInt64(page) << 12, count: 1) == expected)
      #expect(try machine.pread(firstTask, file, firstBuffer, count: 1, offset: page << 12) == 1)
      #expect(try machine.load(firstTask, firstBuffer, count: 1) == expected)
    }
    machine.validate()
    try machine.close(firstTask, file)
    machine.exit(firstTask)
    machine.sync()
    #expect((0..<pages).allSatisfy { store.contents[$0 << 12] == UInt8(truncatingIfNeeded: $0) })
    machine.validate()
  }

  @Test("a store that takes nothing: what can be dropped is, and nothing that was written is lost")
  func stubborn() throws {
    let store = FailingStore([UInt8](repeating: 3, count: 600 << 12))
    var machine = try machineWithBuffer(frames: 512, pages: 4)
    try machine.addFile("/data", store)
    let file = try machine.open(firstTask, "/data", .readWrite)
    let at = try machine.mmap(
      firstTask, length: 600 << 12, .readWrite, .shared, descriptor: file)
    store.fail(writing: .noSpace)
    for page in 0..<100 as Range<UInt64> { try machine.store(firstTask, at + page << 12, [9]) }
    for page in 0..<600 as Range<UInt64> { try machine.touch(firstTask, at + page << 12, .read) }
    machine.validate()
    #expect(try machine.fstat(firstTask, file).dirtyPages == 100)
    #expect(throws: Errno.noSpace) { try machine.fsync(firstTask, file) }
    store.fail()
    try machine.fsync(firstTask, file)
    #expect((0..<600).allSatisfy { store.contents[$0 << 12] == ($0 < 100 ? 9 : 3) })
    machine.validate()
  }

  @Test("pages that were cut off and come back are new: nothing remembers their eviction")
  func truncated() throws {
    var machine = try machineWithBuffer(frames: 512, pages: 4)
    try machine.addFile("/data", MemoryFileStore([UInt8](repeating: 3, count: 40 << 12)))
    let file = try machine.open(firstTask, "/data", .readWrite)
    let at = try machine.mmap(
      firstTask, length: 40 << 12, .readWrite, .shared, descriptor: file)
    func touchAll(_ machine: inout Machine) throws {
      for page in 0..<40 as Range<UInt64> { try machine.touch(firstTask, at + page << 12, .read) }
    }
    try touchAll(&machine)
    try machine.madvise(firstTask, at, length: 40 << 12, .pageOut)
    try machine.ftruncate(firstTask, file, 10 << 12)
    try machine.ftruncate(firstTask, file, 40 << 12)
    try touchAll(&machine)
    #expect(machine.counters.workingsetRefault == 10)
    machine.validate()
  }

  @Test("MADV_WILLNEED reads the file behind private memory that has copies already")
  func willNeed() throws {
    var machine = try machineWithBuffer(frames: 512, pages: 4)
    try machine.addFile("/data", MemoryFileStore([UInt8](repeating: 3, count: 40 << 12)))
    let file = try machine.open(firstTask, "/data", .readOnly)
    let at = try machine.mmap(
      firstTask, length: 40 << 12, .readWrite, .private, descriptor: file)
    try machine.madvise(firstTask, at, length: 40 << 12, .random)
    try machine.store(firstTask, at, [1])
    let faults = machine.counters.pgmajfault
    try machine.madvise(firstTask, at, length: 40 << 12, .willNeed)
    for page in 1..<40 as Range<UInt64> { try machine.touch(firstTask, at + page << 12, .read) }
    #expect(machine.counters.pgmajfault == faults)
    machine.validate()
  }
}
