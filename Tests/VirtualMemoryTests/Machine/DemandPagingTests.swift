import MemoryUnits
import Testing
import Translation
import VirtualMemory

@Suite("Machine: demand paging")
struct DemandPagingTests {
  @Test("mmap takes no frame; 8096 bytes are two pages; the first load gives 0")
  func demandZero() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    let before = machine.counters.pgalloc
    let address = try machine.mmap(task, length: 8096, .readWrite, [.private, .anonymous])
    #expect(machine.counters.pgalloc == before)
    #expect(machine.addressSpace(of: task)?.mappedPages == 2)
    #expect(try machine.load(task, address, count: 3) == [0, 0, 0])
    #expect(machine.counters.zeroPageMapped == 1)
    try machine.store(task, address + 4096, [7, 8])
    #expect(try machine.load(task, address + 4095, count: 3) == [0, 7, 8])
    #expect(machine.addressSpace(of: task)?.resident.anonymous == 1)
    machine.validate()
    try machine.munmap(task, address, length: 8192)
    #expect(machine.addressSpace(of: task)?.resident.total == 0)
    #expect(machine.addressSpace(of: task)?.tablePages == 1)
    machine.exit(task)
    machine.validate()
  }

  @Test("the deck's order of events, from mmap to the value 0")
  func order() throws {
    var configuration = MachineConfiguration(frameCount: 1024)
    configuration.sharesZeroPage = false
    var machine = Machine(configuration)
    let task = try machine.spawn()
    machine.run(task, on: 0)
    machine.recordEvents(true)
    let address = try machine.mmap(task, length: 8096, .readWrite, [.private, .anonymous])
    _ = try machine.load(task, address, count: 1)
    let page = Int(address >> 12)
    let names = machine.takeEvents().map { event in
      switch event.kind {
      case .systemCall("mmap", page, 2): "mmap"
      case .tlbMiss(page): "TLB miss"
      case .walk(page, _): "walk"
      case .pageFault(page, .read): "page fault"
      case .areaFound(page, true): "area check"
      case .frameAllocated: "frame"
      case .frameZeroed: "zeroed"
      case .entryWritten(page, _): "entry written"
      case .retry(page): "retry"
      case .tlbFill(page): "TLB fill"
      case .value(page, 0): "value 0"
      default: "\(event.kind)"
      }
    }
    // Three frames for tables come first.
    #expect(
      names == [
        "mmap", "TLB miss", "walk", "page fault", "area check", "frame", "frame", "frame", "frame",
        "zeroed", "entry written", "retry", "TLB miss", "walk", "TLB fill", "value 0",
      ])
    machine.validate()
  }

  @Test("no area, no right: the three outcomes of a fault")
  func signals() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 4096, .read, [.private, .anonymous])
    #expect(throws: Signal(.segmentationNoArea, address: 0x1234)) {
      try machine.touch(task, 0x1234, .read)
    }
    #expect(throws: Signal(.segmentationNoRight, address: address + 9)) {
      try machine.touch(task, address + 9, .write)
    }
    #expect(machine.task(task)?.pending.count == 2)
    try machine.touch(task, address, .read)
    machine.validate()
  }

  @Test("fork shares until someone writes; the last owner copies nothing")
  func copyOnWrite() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let parent = try machine.spawn()
    let address = try machine.mmap(parent, length: 4 * 4096, .readWrite, [.private, .anonymous])
    try machine.store(parent, address, [1, 2, 3])
    let child = try machine.fork(parent)
    machine.validate()
    #expect(try machine.load(child, address, count: 3) == [1, 2, 3])
    try machine.store(child, address, [9])
    #expect(machine.counters.pagesCopied == 1)
    #expect(try machine.load(parent, address, count: 3) == [1, 2, 3])
    #expect(try machine.load(child, address, count: 3) == [9, 2, 3])
    try machine.store(parent, address + 1, [7])
    #expect(machine.counters.pagesCopied == 1)
    #expect(machine.counters.cowReused == 1)
    machine.validate()
    machine.exit(parent)
    #expect(try machine.load(child, address, count: 3) == [9, 2, 3])
    machine.exit(child)
    machine.validate()
  }

  @Test("shared anonymous memory is seen by both sides of a fork")
  func sharedAnonymous() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let parent = try machine.spawn()
    let address = try machine.mmap(parent, length: 8192, .readWrite, [.shared, .anonymous])
    let child = try machine.fork(parent)
    try machine.store(child, address + 4000, [UInt8](repeating: 5, count: 200))
    #expect(try machine.load(parent, address + 4000, count: 200).allSatisfy { $0 == 5 })
    machine.validate()
    machine.exit(child)
    machine.exit(parent)
    machine.validate()
  }
}
