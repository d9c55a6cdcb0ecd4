import Testing
import VirtualMemory

@Suite("Files: read-ahead, fault-around, write-back")
struct ReadAheadTests {
  @Test("windows double from 4 to 32 pages, each started by the marker of the one before")
  func sequentialReads() throws {
    var machine = try machineWithBuffer()
    try machine.addFile("/data", MemoryFileStore(pattern(256 << 12)))
    let file = try machine.open(firstTask, "/data")
    var read: [Int: UInt64] = [:]
    for page in 0..<64 {
      #expect(try machine.read(firstTask, file, firstBuffer, count: 4096) == 4096)
      #expect(
        try machine.load(firstTask, firstBuffer, count: 4096)
          == pattern(256 << 12)[page << 12..<(page + 1) << 12] + [])
      read[page] = machine.counters.pgpgin / 4
      machine.validate()
    }
    // 4 pages; marker 1: 8; marker 4: 16; marker 12: 32; marker 28: 32; marker 60: 32.
    #expect(
      [0, 1, 3, 4, 11, 12, 27, 28, 59, 60].map { read[$0] } == [
        4, 12, 12, 28, 28, 60, 60, 92, 92, 124,
      ])
    #expect(machine.counters.readahead == 123)
    #expect(machine.counters.pgmajfault == 0)
  }

  @Test("random reads read what is asked for, by pattern and by advice")
  func randomReads() throws {
    var machine = try machineWithBuffer()
    try machine.addFile("/data", MemoryFileStore(pattern(1024 << 12)))
    let file = try machine.open(firstTask, "/data")
    for page in [500, 100, 900, 300] {
      _ = try machine.pread(firstTask, file, firstBuffer, count: 4096, offset: page << 12)
    }
    #expect(machine.counters.pgpgin == 16)
    try machine.fadvise(firstTask, file, .random)
    for page in 0..<4 {
      _ = try machine.pread(firstTask, file, firstBuffer, count: 4096, offset: page << 12)
    }
    #expect(machine.counters.pgpgin == 32)
    try machine.fadvise(firstTask, file, offset: 600 << 12, length: 10 << 12, .willNeed)
    #expect(machine.counters.pgpgin == 72)
    let status = try machine.fstat(firstTask, file)
    try machine.fadvise(firstTask, file, offset: 600 << 12, length: 9 << 12, .dontNeed)
    #expect(try machine.fstat(firstTask, file).cachedPages == status.cachedPages - 9)
    machine.validate()
  }

  @Test("a fault reads 32 pages around it; the next one maps 16 without reading, but no marker")
  func faults() throws {
    var machine = try machineWithBuffer()
    let task = firstTask
    try machine.addFile("/data", MemoryFileStore(pattern(256 << 12)))
    let at: UInt64 = 0x10_0000_0000
    try machine.mmap(
      task, at: at, length: 256 << 12, .read, [.private, .fixed],
      descriptor: machine.open(task, "/data"))
    try machine.touch(task, at + 100 << 12, .read)
    #expect(machine.counters.pgpgin == 128)
    #expect(machine.counters.pgmajfault == 1)
    #expect(machine.addressSpace(of: task)?.resident.file == 1)
    try machine.touch(task, at + 101 << 12, .read)
    // Pages 96 to 111 but 108, the marker 8 pages before the end of 84..<116.
    #expect(machine.addressSpace(of: task)?.resident.file == 15)
    #expect(machine.counters.pgpgin == 128)
    let faults = machine.counters.pgfault
    for page in 96..<112 as Range<UInt64> where page != 108 {
      try machine.touch(task, at + page << 12, .read)
    }
    #expect(machine.counters.pgfault == faults)
    try machine.touch(task, at + 108 << 12, .read)
    #expect(machine.counters.pgfault == faults + 1)
    #expect(machine.counters.pgpgin == 256)
    #expect(machine.counters.pgmajfault == 1)
    machine.validate()
  }

  @Test("fault-around begins at the area's start within a window; a write maps one page")
  func around() throws {
    for (skip, touched, count, expected) in [
      (5, 0, 40, 0..<16), (5, 12, 40, 11..<27), (0, 3, 40, 0..<16), (5, 3, 8, 0..<8),
    ] as [(UInt64, UInt64, UInt64, Range<UInt64>)] {
      var machine = try machineWithBuffer()
      let task = firstTask
      try machine.addFile("/data", MemoryFileStore(pattern(64 << 12)))
      let file = try machine.open(task, "/data", .readWrite)
      // Everything is cached, and no markers are left.
      for _ in 0..<2 { _ = try machine.pread(task, file, firstBuffer, count: 64 << 12, offset: 0) }
      let at = 0x10_0000_0000 + skip << 12
      try machine.mmap(
        task, at: at, length: count << 12, .readWrite, [.shared, .fixed], descriptor: file)
      try machine.touch(task, at + touched << 12, .read)
      #expect(machine.addressSpace(of: task)?.resident.file == expected.count)
      let faults = machine.counters.pgfault
      for page in expected { try machine.touch(task, at + page << 12, .read) }
      #expect(machine.counters.pgfault == faults)
      try machine.madvise(task, at, length: count << 12, .dontNeed)
      try machine.touch(task, at + touched << 12, .write)
      #expect(machine.addressSpace(of: task)?.resident.file == 1)
      machine.validate()
    }
  }

  @Test("the flusher keeps dirty pages below the background limit, and none for longer than 30 s")
  func flusher() throws {
    let store = MemoryFileStore([UInt8](repeating: 0, count: 800 << 12))
    var machine = try machineWithBuffer { $0.dirtyLimits.dirtyWritebackCentisecs = 500 }
    let file = try machine.open(firstTask, store, .readWrite)
    let at = try machine.mmap(
      firstTask, length: 800 << 12, .readWrite, .shared, descriptor: file)
    for page in 0..<800 as Range<UInt64> {
      try machine.store(firstTask, at + page << 12, [1])
      #expect(try machine.fstat(firstTask, file).dirtyPages <= 410)
      if page % 50 == 0 { machine.validate() }
    }
    #expect(machine.counters.pgpgout > 0)
    try machine.fsync(firstTask, file)
    try machine.store(firstTask, at, [2])
    machine.idle(nanoseconds: 20_000_000_000)
    #expect(try machine.fstat(firstTask, file).dirtyPages == 1)
    machine.idle(nanoseconds: 11_000_000_000)
    #expect(try machine.fstat(firstTask, file).dirtyPages == 0)
    #expect(store.contents[0] == 2)
    machine.validate()
  }
}
