import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: reclaim of files, watermarks, groups, moves")
struct ReclaimTests {
  @Test("clean pages of a file are dropped and read again; dirty ones are written first")
  func files() throws {
    var machine = SwapTests.machine(swap: 0)
    let task = try machine.spawn()
    let pages = 500
    let store = MemoryFileStore((0..<pages << 12).map { UInt8(truncatingIfNeeded: $0 >> 12) })
    let file = try machine.open(task, store, .readWrite)
    let address = try machine.mmap(
      task, length: UInt64(pages) << 12, .readWrite, .shared, descriptor: file)
    for page in 0..<pages {
      let place = address + UInt64(page) << 12
      #expect(try machine.load(task, place, count: 1) == [UInt8(truncatingIfNeeded: page)])
      if page % 4 == 0 { try machine.store(task, place + 1, [200]) }
    }
    machine.validate()
    #expect(machine.counters.pgstealDirect + machine.counters.pgstealKswapd >= 300)
    #expect(machine.counters.oomKill == 0)
    for page in 0..<pages {
      let place = address + UInt64(page) << 12
      let second = page % 4 == 0 ? 200 : UInt8(truncatingIfNeeded: page)
      #expect(
        try machine.load(task, place, count: 2) == [UInt8(truncatingIfNeeded: page), second],
        "page \(page)")
    }
    machine.validate()
    #expect(machine.counters.workingsetRefault > 0)
  }

  @Test("pages of a file that are used again and again outlive a scan over another file")
  func secondReference() throws {
    var machine = SwapTests.machine(frames: 512, swap: 0)
    let task = try machine.spawn()
    func map(_ pages: Int) throws -> UInt64 {
      let file = try machine.open(
        task, MemoryFileStore([UInt8](repeating: 1, count: pages << 12)), .readOnly)
      return try machine.mmap(
        task, length: UInt64(pages) << 12, .read, .private, descriptor: file)
    }
    let hot = try map(40)
    let cold = try map(2000)
    for page in 0..<2000 {
      try machine.touch(task, cold + UInt64(page) << 12, .read)
      // More often than the list is passed over once.
      if page % 20 == 0 {
        for index in 0..<40 { try machine.touch(task, hot + UInt64(index) << 12, .read) }
      }
    }
    machine.validate()
    let faults = machine.counters.pgmajfault
    for index in 0..<40 { try machine.touch(task, hot + UInt64(index) << 12, .read) }
    #expect(machine.counters.pgmajfault <= faults + 2)
    #expect(machine.counters.pgactivate > 0)
  }

  @Test("kswapd wakes below low and sleeps at high; the marks can be altered at any time")
  func watermarks() throws {
    var machine = SwapTests.machine(frames: 1024)
    let task = try machine.spawn()
    let address = try machine.mmap(
      task, length: 4096 << 12, .readWrite, [.private, .anonymous, .noReserve])
    machine.recordEvents(true)
    for page in 0..<600 { try machine.touch(task, address + UInt64(page) << 12, .write) }
    #expect(machine.counters.kswapdWakeups == 0)
    let free = machine.memoryUse.free
    machine.setWatermarks(Watermarks(min: 16, low: free + 10, high: free + 60))
    #expect(machine.counters.kswapdWakeups == 1)
    // It works while time passes.
    for _ in 0..<2000 where machine.memoryUse.free < free + 60 {
      machine.idle(nanoseconds: 100_000)
      try machine.madvise(task, address + 2000 << 12, length: 4096, .populateRead)
      try machine.madvise(task, address + 2000 << 12, length: 4096, .dontNeed)
    }
    machine.validate()
    #expect(machine.memoryUse.free >= free + 60)
    #expect(machine.counters.pgstealKswapd >= 60 && machine.counters.pgscanDirect == 0)
    machine.setMinFreeKilobytes(64)
    #expect(machine.counters.kswapdWakeups == 1)
  }

  @Test("kswapd works while the machine idles")
  func idle() throws {
    var machine = SwapTests.machine(frames: 1024)
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 600 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<600 { try machine.touch(task, address + UInt64(page) << 12, .write) }
    let free = machine.memoryUse.free
    machine.setWatermarks(Watermarks(min: 16, low: free + 10, high: free + 60))
    machine.idle(nanoseconds: 1_000_000_000)
    #expect(machine.memoryUse.free >= free + 60)
    machine.validate()
  }

  @Test("no event is older than the one before it, whatever kswapd does meanwhile")
  func time() throws {
    var configuration = MachineConfiguration(
      frameCount: 256, watermarks: Watermarks(min: 8, low: 16, high: 24), swapPages: 1024)
    // Slow writes and an eager flusher: each sees the other's stamps.
    configuration.costs.writePage = 30_000_000
    configuration.dirtyLimits.dirtyWritebackCentisecs = 1
    configuration.dirtyLimits.dirtyExpireCentisecs = 2
    configuration.dirtyLimits.dirtyBackgroundRatio = 100
    configuration.dirtyLimits.dirtyRatio = 100
    var machine = Machine(configuration)
    let task = try machine.spawn()
    let bytes = [UInt8](repeating: 1, count: 120 << 12)
    try machine.addFile("/file", MemoryFileStore(bytes))
    let descriptor = try machine.open(task, "/file", .readWrite)
    let file = try machine.mmap(
      task, length: 120 << 12, .readWrite, .shared, descriptor: descriptor)
    let rest = try machine.mmap(task, length: 300 << 12, .readWrite, [.private, .anonymous])
    machine.recordEvents(true)
    var random = SplitMix64(seed: 11)
    for _ in 0..<4000 {
      let base = random.next(upperBound: 2) == 0 ? (file, 120) : (rest, 300)
      let page = random.next(upperBound: UInt64(base.1))
      try machine.touch(task, base.0 + page << 12, .write)
      if random.next(upperBound: 20) == 0 { machine.idle(nanoseconds: 5_000_000) }
    }
    machine.validate()
    let events = machine.takeEvents()
    let falls = zip(events, events.dropFirst()).count { $0.time > $1.time }
    #expect(falls == 0)
    #expect(machine.counters.pgstealKswapd > 0)
  }

  @Test("a group's limit may be lowered below its use; the killer ends tasks of the group alone")
  func groups() throws {
    var machine = SwapTests.machine(frames: 1024, swap: 300)
    let outside = try machine.spawn("outside")
    let group = machine.makeGroup(limit: 200)
    let inside = try machine.spawn("inside", group: group)
    let large = try machine.mmap(
      outside, length: 400 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<400 { try machine.touch(outside, large + UInt64(page) << 12, .write) }
    let address = try machine.mmap(
      inside, length: 600 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<300 {
      try machine.store(inside, address + UInt64(page) << 12, SwapTests.bytes(page))
      #expect(machine.charge(of: group) <= 200)
    }
    machine.setLimit(group, 100)
    #expect(machine.charge(of: group) <= 100)
    machine.validate()
    for page in 0..<300 {
      #expect(
        try machine.load(inside, address + UInt64(page) << 12, count: 3) == SwapTests.bytes(page))
    }
    #expect(machine.addressSpace(of: outside)?.resident.swapped == 0)
    // More than limit and swap together.
    #expect(throws: Signal.self) {
      for page in 300..<600 { try machine.touch(inside, address + UInt64(page) << 12, .write) }
    }
    #expect(machine.counters.oomKill == 1)
    #expect(machine.task(outside)?.state == .running && machine.task(inside)?.state != .running)
    machine.validate()
  }

  @Test("oom_score_adj decides who is killed; -1000 protects")
  func adjustment() throws {
    var machine = SwapTests.machine(frames: 1500, swap: 0)
    let tasks = [try machine.spawn("a"), try machine.spawn("b"), try machine.spawn("c")]
    var addresses: [UInt64] = []
    for task in tasks {
      let address = try machine.mmap(
        task, length: 2000 << 12, .readWrite, [.private, .anonymous, .noReserve])
      addresses.append(address)
    }
    for (task, address) in zip(tasks, addresses) {
      for page in 0..<300 { try machine.touch(task, address + UInt64(page) << 12, .write) }
    }
    try machine.setOutOfMemoryAdjustment(tasks[0], 1000)
    try machine.setOutOfMemoryAdjustment(tasks[1], -1000)
    #expect(machine.outOfMemoryPoints(tasks[1]) == nil)
    var page = 300
    while machine.counters.oomKill == 0 {
      try machine.touch(tasks[1], addresses[1] + UInt64(page) << 12, .write)
      page += 1
    }
    #expect(machine.task(tasks[0])?.state == .killed(Signal(.killed, address: 0)))
    #expect(machine.task(tasks[2])?.state == .running)
    // With nobody left to kill the access fails.
    #expect(throws: Signal.self) {
      while true {
        try machine.touch(tasks[1], addresses[1] + UInt64(page) << 12, .write)
        page += 1
      }
    }
    #expect(machine.counters.oomKill == 2)
    #expect(machine.task(tasks[1])?.state == .running)
    machine.validate()
  }

  @Test("a page moves with contents, entries and marks; a locked one only where it may")
  func move() throws {
    var machine = SwapTests.machine()
    let parent = try machine.spawn()
    let address = try machine.mmap(
      parent, length: 8 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<8 {
      try machine.store(parent, address + UInt64(page) << 12, SwapTests.bytes(page))
    }
    let child = try machine.fork(parent)
    try machine.mlock(parent, address + 4096, length: 4096)
    guard let old = machine.frame(of: child, address) else { throw Errno.fault }
    guard case .moved(let new) = machine.migrate(old) else { throw Errno.fault }
    machine.validate()
    #expect(machine.frame(of: parent, address) == new && machine.frame(of: child, address) == new)
    if let locked = machine.frame(of: parent, address + 4096) {
      #expect(machine.migrate(locked, movesLocked: false) == .locked)
      guard case .moved = machine.migrate(locked) else { throw Errno.fault }
    }
    machine.validate()
    #expect(machine.migrate(FrameNumber(0)) == .unmovable)
    for page in 0..<8 {
      let place = address + UInt64(page) << 12
      #expect(try machine.load(parent, place, count: 3) == SwapTests.bytes(page))
      #expect(try machine.load(child, place, count: 3) == SwapTests.bytes(page))
    }
    #expect(machine.counters.pgmigrateSuccess == 2 && machine.counters.pgmigrateFail == 2)
  }
}
