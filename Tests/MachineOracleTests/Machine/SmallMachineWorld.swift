import MemoryUnits
import PageFrames
import VirtualMemory

/// A machine that must swap: another task has locked all frames but a few.
final class SmallMachineWorld: MachineWorld {
  override class var configuration: MachineConfiguration {
    MachineConfiguration(
      frameCount: 512, watermarks: Watermarks(min: 6, low: 12, high: 18), swapPages: 2048)
  }

  required init(_ sequence: OperationSequence) {
    super.init(sequence)
    // A process takes nine frames that stay: its kernel stack and its tables.
    let forks = sequence.operations.count { $0.kind == .fork }
    let locked = machine.memory.freeFrames - 60 - 12 * forks
    do {
      let other = try machine.spawn("other")
      try machine.mmap(
        other, length: UInt64(locked) * Linux.pageBytes, .readWrite,
        [.private, .anonymous, .locked])
    } catch { fatalError("another task has no room") }
  }
}
