import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: reclaim and swap")
struct SwapTests {
  /// A machine of 1 MiB: about 200 frames for user pages.
  static func machine(frames: Int = 256, swap: Int = 1024) -> Machine {
    Machine(
      MachineConfiguration(
        frameCount: frames, watermarks: Watermarks(min: 8, low: 16, high: 24), swapPages: swap))
  }

  static func bytes(_ page: Int) -> [UInt8] {
    [UInt8(truncatingIfNeeded: page), UInt8(truncatingIfNeeded: page >> 8), 77]
  }

  @Test("twice as much anonymous memory as there are frames keeps its contents")
  func beyondMemory() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    let pages = 500
    let address = try machine.mmap(
      task, length: UInt64(pages) << 12, .readWrite, [.private, .anonymous])
    for page in 0..<pages {
      try machine.store(task, address + UInt64(page) << 12, Self.bytes(page))
      if page % 50 == 0 { machine.validate() }
    }
    machine.validate()
    for round in 0..<3 {
      for page in 0..<pages {
        let found = try machine.load(task, address + UInt64(page) << 12, count: 3)
        #expect(found == Self.bytes(page), "page \(page), round \(round)")
      }
      machine.validate()
    }
    let counters = machine.counters
    #expect(counters.pswpout >= 300 && counters.pswpin >= 300)
    #expect(counters.pgscanDirect > 0 && counters.kswapdWakeups > 0 && counters.oomKill == 0)
    #expect(
      counters.pgstealKswapd <= counters.pgscanKswapd
        && counters.pgstealDirect <= counters.pgscanDirect)
    // Read in order, neighbours come along.
    #expect(counters.swapReadahead > 0 && counters.swapReadaheadHit > 0)
    machine.exit(task)
    machine.validate()
    #expect(machine.swapUse.used == 0)
  }

  @Test("pages in swap are shared by fork, and copied when written")
  func fork() throws {
    var machine = Self.machine()
    let parent = try machine.spawn()
    let pages = 300
    let address = try machine.mmap(
      parent, length: UInt64(pages) << 12, .readWrite, [.private, .anonymous])
    for page in 0..<pages {
      try machine.store(parent, address + UInt64(page) << 12, Self.bytes(page))
    }
    let child = try machine.fork(parent)
    machine.validate()
    for page in stride(from: 0, to: pages, by: 3) {
      try machine.store(child, address + UInt64(page) << 12, [1, 2, 3])
      machine.validate()
    }
    for page in 0..<pages {
      let place = address + UInt64(page) << 12
      #expect(try machine.load(parent, place, count: 3) == Self.bytes(page), "page \(page)")
      let expected = page % 3 == 0 ? [1, 2, 3] : Self.bytes(page)
      #expect(try machine.load(child, place, count: 3) == expected, "page \(page)")
    }
    machine.exit(parent)
    machine.validate()
    machine.exit(child)
    machine.validate()
    #expect(machine.swapUse.used == 0)
  }

  @Test("shared anonymous memory goes to swap and comes back for both sides")
  func shared() throws {
    var machine = Self.machine()
    let parent = try machine.spawn()
    let pages = 400
    let address = try machine.mmap(
      parent, length: UInt64(pages) << 12, .readWrite, [.shared, .anonymous])
    let child = try machine.fork(parent)
    for page in 0..<pages {
      try machine.store(
        page % 2 == 0 ? parent : child, address + UInt64(page) << 12, Self.bytes(page))
    }
    machine.validate()
    #expect(machine.counters.pswpout > 0)
    for page in 0..<pages {
      let reader = page % 2 == 0 ? child : parent
      #expect(
        try machine.load(reader, address + UInt64(page) << 12, count: 3) == Self.bytes(page),
        "page \(page)")
    }
    machine.validate()
    try machine.munmap(parent, address, length: UInt64(pages) << 12)
    machine.exit(parent)
    machine.validate()
    machine.exit(child)
    machine.validate()
    #expect(machine.swapUse.used == 0)
  }

  @Test("without swap a task that asks too much is killed, and the others go on")
  func outOfMemory() throws {
    var machine = Self.machine(swap: 0)
    let small = try machine.spawn("small")
    let large = try machine.spawn("large")
    let address = try machine.mmap(
      small, length: 20 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<20 {
      try machine.store(small, address + UInt64(page) << 12, Self.bytes(page))
    }
    let hungry = try machine.mmap(
      large, length: 250 << 12, .readWrite, [.private, .anonymous])
    var killed = false
    for page in 0..<250 {
      do {
        try machine.touch(large, hungry + UInt64(page) << 12, .write)
      } catch {
        #expect(error.kind == .killed)
        killed = true
        break
      }
    }
    #expect(killed && machine.counters.oomKill == 1)
    #expect(machine.task(large)?.state != .running && machine.task(small)?.state == .running)
    machine.validate()
    for page in 0..<20 {
      #expect(
        try machine.load(small, address + UInt64(page) << 12, count: 3) == Self.bytes(page))
    }
  }

  @Test("locked pages stay")
  func locked() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    let locked = try machine.mmap(
      task, length: 40 << 12, .readWrite, [.private, .anonymous, .locked])
    let rest = try machine.mmap(
      task, length: 400 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<400 { try machine.store(task, rest + UInt64(page) << 12, [1]) }
    machine.validate()
    let faults = machine.counters.pgmajfault
    for page in 0..<40 { try machine.touch(task, locked + UInt64(page) << 12, .write) }
    #expect(machine.counters.pgmajfault == faults)
    try machine.munlock(task, locked, length: 40 << 12)
    for page in 0..<400 { try machine.store(task, rest + UInt64(page) << 12, [2]) }
    machine.validate()
    #expect(machine.memoryUse.unevictable == 0)
  }

  @Test("MADV_FREE pages are dropped under pressure, unless written again")
  func lazyFree() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    let free = try machine.mmap(task, length: 40 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<40 { try machine.store(task, free + UInt64(page) << 12, [5]) }
    try machine.madvise(task, free, length: 40 << 12, .free)
    for page in 0..<10 { try machine.store(task, free + UInt64(page) << 12, [6]) }
    machine.validate()
    let rest = try machine.mmap(task, length: 400 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<400 { try machine.store(task, rest + UInt64(page) << 12, [1]) }
    machine.validate()
    #expect(machine.counters.pglazyfreed == 30)
    for page in 0..<40 {
      #expect(
        try machine.load(task, free + UInt64(page) << 12, count: 1) == [page < 10 ? 6 : 0],
        "page \(page)")
    }
  }

  @Test("MADV_PAGEOUT sends pages to swap at once, MADV_WILLNEED reads them ahead")
  func pageOut() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 16 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<16 { try machine.store(task, address + UInt64(page) << 12, Self.bytes(page)) }
    try machine.madvise(task, address, length: 16 << 12, .pageOut)
    machine.validate()
    #expect(machine.addressSpace(of: task)?.resident.swapped == 16)
    #expect(machine.counters.pswpout == 16)
    try machine.madvise(task, address, length: 16 << 12, .willNeed)
    machine.validate()
    #expect(machine.counters.pswpin == 16 && machine.counters.pgmajfault == 0)
    for page in 0..<16 {
      #expect(
        try machine.load(task, address + UInt64(page) << 12, count: 3) == Self.bytes(page))
    }
    #expect(machine.counters.pgmajfault == 0)
    machine.validate()
    // Clean, they leave memory again without a write.
    try machine.madvise(task, address, length: 16 << 12, .pageOut)
    #expect(machine.counters.pswpout == 16)
    machine.validate()
  }

  @Test(
    "a page read ahead from swap is charged to the group from which it went there, if it has room",
    arguments: [false, true])
  func groups(isFull: Bool) throws {
    var machine = Self.machine(frames: 1024)
    let groups = [machine.makeGroup(), machine.makeGroup()]
    let tasks = try groups.map { try machine.spawn(group: $0) }
    let addresses = try tasks.map {
      try machine.mmap($0, length: 8 << 12, .readWrite, [.private, .anonymous])
    }
    // By turns, so that their slots alternate.
    for page in 0..<8 {
      for (task, address) in zip(tasks, addresses) {
        try machine.store(task, address + UInt64(page) << 12, [1])
        try machine.madvise(task, address + UInt64(page) << 12, length: 4096, .pageOut)
      }
    }
    let before = groups.map { machine.charge(of: $0) }
    #expect(before == [0, 0])
    if isFull {
      machine.setLimit(groups[0], 1)
      let other = try machine.mmap(tasks[0], length: 4096, .readWrite, [.private, .anonymous])
      try machine.touch(tasks[0], other, .write)
    }
    try machine.touch(tasks[1], addresses[1], .read)
    #expect(machine.counters.swapReadahead == (isFull ? 3 : 7))
    let after = groups.map { machine.charge(of: $0) }
    #expect(after == [isFull ? 1 : 4, 4])
    machine.validate()
  }
}
