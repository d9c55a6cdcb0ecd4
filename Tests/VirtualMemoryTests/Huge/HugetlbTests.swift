import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: hugetlb pools")
struct HugetlbTests {
  private func machine(
    frames: Int = 16_384, _ pools: HugetlbSettings
  ) -> Machine {
    var configuration = MachineConfiguration(
      frameCount: frames, watermarks: Watermarks(min: 32, low: 48, high: 64))
    configuration.hugetlb = pools
    return Machine(configuration)
  }

  private let anonymous: MapFlags = [.private, .anonymous, .hugeTLB]

  /// nr, free, resv and surplus.
  private func use(_ total: Int, _ free: Int, _ reserved: Int, _ surplus: Int) -> [Int] {
    [total, free, reserved, surplus]
  }

  private func counts(_ use: HugetlbUse) -> [Int] {
    [use.total, use.free, use.reserved, use.surplus]
  }

  private func error(_ body: () throws -> Void) -> Errno? {
    do {
      try body()
      return nil
    } catch {
      return error as? Errno
    }
  }

  @Test("pages are promised at mmap, taken at the first touch, and come back")
  func reservation() throws {
    var machine = machine(HugetlbSettings(nrHugepages: 4))
    #expect(counts(machine.hugetlbUse(.huge)) == use(4, 4, 0, 0))
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 3 * hugeBytes - 5, .readWrite, anonymous)
    #expect(address % hugeBytes == 0 && counts(machine.hugetlbUse(.huge)) == use(4, 4, 3, 0))
    // Promises count: two more cannot be had.
    #expect(
      error { try machine.mmap(task, length: 2 * hugeBytes, .readWrite, anonymous) } == .noMemory)
    try machine.store(task, address + hugeBytes + 77, [5])
    #expect(counts(machine.hugetlbUse(.huge)) == use(4, 3, 2, 0))
    #expect(try machine.load(task, address + hugeBytes + 77, count: 1) == [5])
    #expect(machine.residentPages(of: task).total == 0)
    machine.validate()
    #expect(error { try machine.munmap(task, address + 4096, length: hugeBytes) } == .invalid)
    try machine.munmap(task, address, length: hugeBytes)
    machine.validate()
    #expect(counts(machine.hugetlbUse(.huge)) == use(4, 3, 1, 0))
    machine.exit(task)
    machine.validate()
    #expect(counts(machine.hugetlbUse(.huge)) == use(4, 4, 0, 0))
  }

  @Test("without a promise a page may be missing: SIGBUS")
  func noReserve() throws {
    var machine = machine(HugetlbSettings(nrHugepages: 1))
    let task = try machine.spawn()
    let address = try machine.mmap(
      task, length: 2 * hugeBytes, .readWrite, anonymous.union(.noReserve))
    try machine.store(task, address, [1])
    #expect(counts(machine.hugetlbUse(.huge)) == use(1, 0, 0, 0))
    do {
      try machine.store(task, address + hugeBytes, [1])
      Issue.record("no signal")
    } catch {
      #expect(error.kind == .busError)
    }
    machine.validate()
  }

  @Test("surplus pages come by overcommit and go when they are free")
  func surplus() throws {
    var machine = machine(HugetlbSettings(nrHugepages: 1, nrOvercommitHugepages: 2))
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 3 * hugeBytes, .readWrite, anonymous)
    #expect(counts(machine.hugetlbUse(.huge)) == use(3, 3, 3, 2))
    #expect(error { try machine.mmap(task, length: hugeBytes, .readWrite, anonymous) } == .noMemory)
    try machine.store(task, address, [1])
    machine.validate()
    try machine.munmap(task, address, length: 3 * hugeBytes)
    machine.validate()
    #expect(counts(machine.hugetlbUse(.huge)) == use(1, 1, 0, 0))
  }

  @Test("nr_hugepages at run time: what is used or promised stays, as surplus")
  func resize() throws {
    var machine = machine(frames: 4096, HugetlbSettings())
    let task = try machine.spawn()
    #expect(machine.setHugetlbPages(.huge, 100) < 8)
    #expect(machine.setHugetlbPages(.huge, 3) == 3)
    let address = try machine.mmap(task, length: 2 * hugeBytes, .readWrite, anonymous)
    try machine.store(task, address, [1])
    #expect(machine.setHugetlbPages(.huge, 0) == 0)
    #expect(counts(machine.hugetlbUse(.huge)) == use(2, 1, 1, 2))
    machine.validate()
    #expect(machine.setHugetlbPages(.huge, 1) == 1)
    #expect(counts(machine.hugetlbUse(.huge)) == use(2, 1, 1, 1))
    try machine.munmap(task, address, length: 2 * hugeBytes)
    #expect(counts(machine.hugetlbUse(.huge)) == use(1, 1, 0, 0))
    machine.validate()
  }

  @Test("shared pages are one object for parent and child; private ones are not")
  func fork() throws {
    var machine = machine(HugetlbSettings(nrHugepages: 6))
    let parent = try machine.spawn()
    let shared = try machine.mmap(
      parent, length: hugeBytes, .readWrite, [.shared, .anonymous, .hugeTLB])
    let own = try machine.mmap(parent, length: hugeBytes, .readWrite, anonymous)
    try machine.store(parent, shared, [1])
    try machine.store(parent, own, [2])
    let child = try machine.fork(parent)
    machine.validate()
    try machine.store(child, shared, [3])
    try machine.store(child, own, [4])
    #expect(try machine.load(parent, shared, count: 1) == [3])
    #expect(try machine.load(parent, own, count: 1) == [2])
    #expect(counts(machine.hugetlbUse(.huge)) == use(6, 3, 0, 0))
    machine.validate()
    machine.exit(parent)
    #expect(try machine.load(child, shared, count: 1) == [3])
    machine.exit(child)
    machine.validate()
    #expect(counts(machine.hugetlbUse(.huge)) == use(6, 6, 0, 0))
  }

  @Test("mprotect, DONTNEED, populate, and what hugetlb areas refuse")
  func calls() throws {
    var machine = machine(HugetlbSettings(nrHugepages: 4))
    let task = try machine.spawn()
    let address = try machine.mmap(
      task, length: 2 * hugeBytes, .readWrite, anonymous.union(.populate))
    #expect(counts(machine.hugetlbUse(.huge)) == use(4, 2, 0, 0))
    try machine.store(task, address, [9])
    try machine.mprotect(task, address, length: hugeBytes, .read)
    machine.validate()
    #expect(throws: Signal.self) { try machine.store(task, address, [1]) }
    #expect(try machine.load(task, address, count: 1) == [9])
    #expect(error { try machine.mprotect(task, address, length: 4096, .readWrite) } == .invalid)
    #expect(error { try machine.madvise(task, address, length: hugeBytes, .free) } == .invalid)
    #expect(error { try machine.madvise(task, address, length: hugeBytes, .pageOut) } == .invalid)
    try machine.mprotect(task, address, length: hugeBytes, .readWrite)
    try machine.madvise(task, address, length: hugeBytes, .dontNeed)
    machine.validate()
    #expect(try machine.load(task, address, count: 1) == [0])
    try machine.mlock(task, address, length: 4096)
    machine.validate()
    #expect(
      error {
        try machine.mmap(
          task, at: address + 4096, length: hugeBytes, .readWrite, anonymous.union(.fixed))
      } == .invalid)
  }

  @Test("1 GiB at run time: pages in the range are moved out of it")
  func gigantic() throws {
    var configuration = MachineConfiguration(frameCount: 3 << 18, keepsContents: false)
    configuration.hugetlb = HugetlbSettings()
    var machine = Machine(configuration)
    let task = try machine.spawn()
    let small = try machine.mmap(task, length: 64 << 20, .readWrite, [.private, .anonymous])
    #expect(machine.touch(task, PageRange(address: Int(small), bytes: 64 << 20)) == .resident)
    #expect(machine.setHugetlbPages(.gigantic, 2) >= 1)
    machine.validate()
    let address = try machine.mmap(
      task, length: 1 << 30, .readWrite, anonymous.union(.huge1GB))
    #expect(address % (1 << 30) == 0)
    try machine.store(task, address + 777 << 20, [3])
    #expect(machine.hugetlbUse(.gigantic).reserved == 0)
    #expect(machine.residentPages(of: task).anonymous == 16_384)
    machine.validate()
    machine.exit(task)
    #expect(machine.setHugetlbPages(.gigantic, 0) == 0)
    machine.validate()
  }
}
