import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: locked memory")
struct LockTests {
  private static func machine(limit: Int?) -> Machine {
    var configuration = MachineConfiguration(frameCount: 1024)
    configuration.lockLimit = limit
    return Machine(configuration)
  }

  @Test("what MREMAP_DONTUNMAP leaves is not locked, and reclaim may have its pages again")
  func dontUnmap() throws {
    var machine = SwapTests.machine()
    let task = try machine.spawn()
    let locked = try machine.mmap(
      task, length: 40 << 12, .readWrite, [.private, .anonymous, .locked])
    let rest = try machine.mmap(task, length: 400 << 12, .readWrite, [.private, .anonymous])
    for page in 0..<400 { try machine.store(task, rest + UInt64(page) << 12, [1]) }
    #expect(machine.memoryUse.unevictable == 40)
    try machine.mremap(
      task, locked, oldLength: 15 << 12, newLength: 15 << 12, [.mayMove, .dontUnmap])
    machine.validate()
    #expect(machine.addressSpace(of: task)?.lockedPages == 15)
    #expect(machine.memoryUse.unevictable == 15)
  }

  @Test("locking copies every private page of a file, whatever reclaim does meanwhile")
  func copies() throws {
    var machine = SwapTests.machine(frames: 1024)
    let group = machine.makeGroup(limit: 70)
    let task = try machine.spawn(group: group)
    try machine.addFile("/file", MemoryFileStore([UInt8](repeating: 1, count: 60 << 12)))
    let file = try machine.open(task, "/file", .readOnly)
    let address = try machine.mmap(
      task, length: 60 << 12, .readWrite, .private, descriptor: file)
    for page in 0..<60 as Range<UInt64> { try machine.touch(task, address + page << 12, .read) }
    try machine.mlock(task, address + 20 << 12, length: 30 << 12)
    #expect(machine.addressSpace(of: task)?.resident.anonymous == 30)
    machine.validate()
  }

  @Test("pages that are locked already count once against the limit")
  func twice() throws {
    var machine = Self.machine(limit: 10)
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 20 << 12, .readWrite, [.private, .anonymous])
    try machine.mlock(task, address, length: 8 << 12)
    try machine.mlock(task, address + 2 << 12, length: 8 << 12)
    #expect(machine.addressSpace(of: task)?.lockedPages == 10)
    #expect(throws: Errno.noMemory) {
      try machine.mlock(task, address + 2 << 12, length: 9 << 12)
    }
    #expect(machine.addressSpace(of: task)?.lockedPages == 10)
    machine.validate()
  }

  @Test("mlockall heeds the limit, and locks with the pages what was locked for later")
  func all() throws {
    var machine = Self.machine(limit: 10)
    let task = try machine.spawn()
    let address = try machine.mmap(task, length: 8 << 12, .readWrite, [.private, .anonymous])
    try machine.mlock(task, address, length: 8 << 12, onFault: true)
    #expect(machine.addressSpace(of: task)?.resident.anonymous == 0)
    try machine.mlockall(task, current: true, future: false)
    let area = machine.addressSpace(of: task)?.area(containing: Int(address >> 12))
    #expect(area?.flags.isDisjoint(with: .lockOnFault) == true)
    #expect(machine.addressSpace(of: task)?.resident.anonymous == 8)
    try machine.mmap(task, length: 8 << 12, .readWrite, [.private, .anonymous])
    #expect(throws: Errno.noMemory) { try machine.mlockall(task, current: true, future: true) }
    #expect(machine.addressSpace(of: task)?.lockedPages == 8)
    // Nothing of a call that fails remains.
    try machine.mmap(task, length: 1 << 12, .readWrite, [.private, .anonymous])
    #expect(machine.addressSpace(of: task)?.lockedPages == 8)
    #expect(throws: Errno.invalid) { try machine.mlockall(task, current: false, future: false) }
    machine.validate()
  }

  @Test("what is locked in future is a matter of the address space: threads share it, exec ends it")
  func future() throws {
    var machine = Self.machine(limit: 20)
    let task = try machine.spawn()
    let thread = try machine.clone(task)
    try machine.mlockall(task, current: false, future: true)
    try machine.mmap(thread, length: 4 << 12, .readWrite, [.private, .anonymous])
    #expect(machine.addressSpace(of: task)?.lockedPages == 4)
    // The heap and a stack count towards the limit, too.
    try machine.setHeapStart(task, 0x4000_0000)
    #expect(machine.brk(task, 0x4000_0000 + 17 << 12) == 0x4000_0000)
    #expect(machine.brk(task, 0x4000_0000 + 16 << 12) == 0x4000_0000 + 16 << 12)
    let child = try machine.fork(task)
    try machine.mmap(child, length: 4 << 12, .readWrite, [.private, .anonymous])
    #expect(machine.addressSpace(of: child)?.lockedPages == 0)
    try machine.addFile("/program", MemoryFileStore(ElfFixture.program.file))
    try machine.exec(thread, "/program")
    try machine.mmap(thread, length: 4 << 12, .readWrite, [.private, .anonymous])
    #expect(machine.addressSpace(of: thread)?.lockedPages == 0)
    #expect(machine.addressSpace(of: task)?.lockedPages == 20)
    machine.exit(child)
    #expect(throws: Errno.noProcess) { try machine.munlockall(child) }
    machine.validate()
  }
}
