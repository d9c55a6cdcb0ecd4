import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: touching ranges")
struct TouchRangeTests {
  private static let base: UInt64 = 0x10_0000_0000
  private static let firstPage = Int(base >> 12)

  private static func machine(frames: Int = 4096) -> Machine {
    Machine(MachineConfiguration(frameCount: frames, keepsContents: false))
  }

  @Test("mapping takes no frames; touching takes frames and tables")
  func framesAndTables() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    let free = machine.freeFrames
    try machine.mmap(
      task, at: Self.base, length: 4 << 20, .readWrite, [.private, .anonymous, .fixed])
    #expect(machine.freeFrames == free)
    #expect(machine.mappedPages(of: task) == 1024)
    #expect(machine.touch(task, PageRange(start: Self.firstPage, count: 1024)) == .resident)
    #expect(machine.residentPages(of: task).anonymous == 1024)
    // The root, one table of the two levels below, two leaves.
    #expect(machine.tablePages(of: task) == 5)
    #expect(free - machine.freeFrames == 1024 + 4)
    #expect(machine.counters.pgfault == 1024)
    // What is resident costs no fault.
    #expect(machine.touch(task, PageRange(start: Self.firstPage, count: 1024)) == .resident)
    #expect(machine.counters.pgfault == 1024)
    try machine.madvise(task, Self.base, length: 4 << 20, .dontNeed)
    #expect(machine.residentPages(of: task).total == 0)
    #expect(machine.freeFrames == free)
    machine.validate()
  }

  @Test("does what touching page by page does, frame by frame", arguments: [1, 2, 3] as [UInt64])
  func pageByPage(seed: UInt64) throws {
    for round in 0..<UInt64(isLong ? 400 : 20) {
      var random = SplitMix64(seed: seed << 32 + round)
      var ranges = Self.machine()
      var pages = Self.machine()
      let task = try ranges.spawn()
      #expect(try pages.spawn() == task)
      for _ in 0..<40 {
        let start = Int(random.next(upperBound: 1500))
        let count = 1 + Int(random.next(upperBound: UInt64(1500 - start)))
        let address = Self.base + UInt64(start) << 12
        let length = UInt64(count) << 12
        switch random.next(upperBound: 6) {
        case 0, 1:
          let right: Protection = random.next(upperBound: 3) == 0 ? .read : .readWrite
          let flags: MapFlags = [.private, .anonymous, .fixed]
          try ranges.mmap(task, at: address, length: length, right, flags)
          try pages.mmap(task, at: address, length: length, right, flags)
        case 2:
          try? ranges.madvise(task, address, length: length, .dontNeed)
          try? pages.madvise(task, address, length: length, .dontNeed)
        default:
          let writes = random.next(upperBound: 2) == 0
          let range = PageRange(start: Self.firstPage + start, count: count)
          let outcome = ranges.touch(task, range, forWriting: writes)
          var expected = TouchOutcome.resident
          for page in range.start..<range.end {
            do {
              try pages.touch(task, UInt64(page) << 12, writes ? .write : .read)
            } catch {
              expected = .signal(error, page: page)
              break
            }
          }
          #expect(outcome == expected, "seed \(seed), round \(round)")
        }
        #expect(ranges.residentPages(of: task) == pages.residentPages(of: task))
        #expect(ranges.tablePages(of: task) == pages.tablePages(of: task))
        #expect(ranges.counters.pgfault == pages.counters.pgfault)
        #expect(ranges.freeBlocksByOrder == pages.freeBlocksByOrder, "seed \(seed), \(round)")
      }
      ranges.validate()
      pages.validate()
    }
  }

  @Test("an unmapped page raises a signal, and what comes before it is resident")
  func unmapped() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    try machine.mmap(
      task, at: Self.base, length: 5 << 12, .readWrite, [.private, .anonymous, .fixed])
    let outcome = machine.touch(task, PageRange(start: Self.firstPage, count: 8))
    let signal = Signal(.segmentationNoArea, address: Self.base + 5 << 12)
    #expect(outcome == .signal(signal, page: Self.firstPage + 5))
    #expect(machine.residentPages(of: task).total == 5)
    machine.validate()
  }

  @Test("a full machine says how far it came, kills nobody and loses nothing")
  func outOfMemory() throws {
    var machine = Self.machine(frames: 2048)
    let task = try machine.spawn()
    try machine.mmap(
      task, at: Self.base, length: 16 << 20, .readWrite,
      [.private, .anonymous, .fixed, .noReserve])
    let range = PageRange(start: Self.firstPage, count: 4096)
    guard case .outOfMemory(let touched) = machine.touch(task, range) else {
      Issue.record("2048 frames hold 4096 pages")
      return
    }
    #expect(machine.residentPages(of: task).total == touched)
    #expect(machine.freeFrames <= machine.watermarks.min)
    #expect(machine.zoneCounters.minCrossings == 1)
    #expect(machine.isRunning(task) == true)
    #expect(machine.touch(task, range) == .outOfMemory(touched: touched))
    let behind = PageRange(start: Self.firstPage + 4000, count: 1)
    #expect(machine.touch(task, behind) == .outOfMemory(touched: 0))
    machine.validate()
    machine.exit(task)
    #expect(machine.userFrames == 0)
    #expect(machine.isRunning(task) == false)
    #expect(machine.residentPages(of: task).total == 0)
    machine.validate()
  }

  @Test("a stack grows")
  func stack() throws {
    var machine = Self.machine()
    let task = try machine.spawn()
    try machine.mmap(
      task, at: Self.base, length: 1 << 12, .readWrite,
      [.private, .anonymous, .fixed, .growsDown])
    let range = PageRange(start: Self.firstPage - 10, count: 11)
    #expect(machine.touch(task, range) == .resident)
    #expect(machine.mappedPages(of: task) == 11)
    machine.validate()
  }
}
