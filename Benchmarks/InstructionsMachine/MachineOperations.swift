import MemoryUnits
import VirtualMemory

/// The loops of the machine suite on a machine of their own, and checks of what they did.
enum MachineOperations {
  /// Pages of the mapping; Benchmarks/instructions divides by it.
  static let pages = 2048

  static func run() throws {
    var machine = Machine(MachineConfiguration(frameCount: 16384, keepsContents: false))
    let task = try machine.spawn()
    machine.run(task, on: 0)
    let length = UInt64(pages) << 12
    let address = try machine.mmap(task, length: length, .readWrite, [.private, .anonymous])
    let faults = machine.counters.pgfault
    try MachineLoops.measuredFault(&machine, task, address, pages)
    check(machine.counters.pgfault - faults == UInt64(pages), "faults")

    let small = try machine.mmap(
      task, length: 1 << 18, .readWrite, [.private, .anonymous, .populate])
    try MachineLoops.measuredTouch(&machine, task, small, 64)
    let before = machine.counters.pgfault
    _ = try MachineLoops.measuredHit(&machine, task, small, pages)
    check(machine.counters.pgfault == before, "hits")

    let child = try MachineLoops.measuredFork(&machine, task)
    check(machine.addressSpace(of: child)?.resident.anonymous == pages + 64, "entries of a fork")
    machine.exit(child)
    try MachineLoops.measuredUnmap(&machine, task, address, length)
    check(machine.addressSpace(of: task)?.resident.anonymous == 64, "unmapped pages")

    let base: UInt64 = 0x10_0000_0000
    for index in 0..<UInt64(10_000) {
      try machine.mmap(
        task, at: base + index << 13, length: 4096, .read, [.private, .anonymous, .fixed])
    }
    var generator = SplitMix64(seed: 1)
    let probes = (0..<100_000).map { _ in Int(base >> 12) + Int(generator.next(upperBound: 20_000))
    }
    guard let space = machine.addressSpace(of: task) else { fatalError("the task is gone") }
    let found = MachineLoops.measuredFind(space, probes)
    check(found == probes.count { ($0 - Int(base >> 12)) & 1 == 0 }, "areas")
    machine.validate()
  }
}
