import MemoryUnits
import Testing
import VirtualMemory

@Suite("Pinned pages")
struct PinTests {
  @Test("a pinned frame stays under pressure and through munmap, and is free after its last unpin")
  func stays() throws {
    var configuration = MachineConfiguration(frameCount: 1024, swapPages: 2048)
    configuration.coreCount = 2
    var machine = Machine(configuration)
    let task = try machine.spawn()
    let place = try machine.mmap(task, length: 64 << 12, [.read, .write], [.private, .anonymous])
    try machine.store(task, place, [42])
    let frame = try machine.pin(task, place)
    #expect(try machine.pin(task, place) == frame)
    #expect(machine.refusal(frame, movesLocked: true) == .busy)
    machine.validate()

    let large = try machine.mmap(
      task, length: 2000 << 12, [.read, .write], [.private, .anonymous])
    for page in 0..<2000 as Range<UInt64> { try machine.touch(task, large + page << 12, .write) }
    #expect(machine.counters.pswpout > 0)
    #expect(machine.frame(of: task, place) == frame)
    machine.validate()

    try machine.munmap(task, place, length: 64 << 12)
    try machine.munmap(task, large, length: 2000 << 12)
    machine.validate()
    let free = machine.freeFrames
    machine.unpin(frame)
    machine.validate()
    #expect(machine.freeFrames == free)
    machine.unpin(frame)
    machine.validate()
    #expect(machine.freeFrames == free + 1)
    #expect(machine.pinnedFrames == 0)
  }

  @Test("what cannot be accessed cannot be pinned")
  func refused() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    #expect(throws: Errno.fault) { try machine.pin(task, 0x40_0000) }
    let place = try machine.mmap(task, length: 4096, [], [.private, .anonymous])
    #expect(throws: Errno.fault) { try machine.pin(task, place) }
    let read = try machine.mmap(task, length: 4096, .read, [.private, .anonymous])
    #expect(throws: Errno.fault, "the page of zeros") { try machine.pin(task, read) }
    machine.validate()
  }
}
