import MemoryUnits
import Testing
import Translation
import VirtualMemory

@Suite("Machine: random calls")
struct MachineRandomTests {
  @Test("all invariants hold after every call", arguments: MachineConfiguration.Allocator.allCases)
  func invariants(allocator: MachineConfiguration.Allocator) throws {
    for seed in 1...UInt64(isLong ? 4000 : 40) {
      var random = SplitMix64(seed: seed)
      var configuration = MachineConfiguration(
        frameCount: 2048, allocator: allocator, coreCount: 3)
      configuration.hasPCID = seed % 2 == 0
      configuration.geometry.levels = seed % 3 == 0 ? 5 : 4
      var machine = Machine(configuration)
      let kernelFrames = machine.kernelFrames
      var live = [try machine.spawn()]
      func pages() -> (UInt64, UInt64) {
        let start = random.next(upperBound: 24)
        return (0x10_0000_0000 + start << 12, (1 + random.next(upperBound: 24 - start)) << 12)
      }
      for _ in 0..<150 {
        let task = live[Int(random.next(upperBound: UInt64(live.count)))]
        let (address, length) = pages()
        let protection = Protection(rawValue: Int32(random.next(upperBound: 8)))
        machine.run(task, on: Int(random.next(upperBound: 3)))
        if random.next(upperBound: 8) == 0 { machine.run(nil, on: Int(random.next(upperBound: 3))) }
        switch random.next(upperBound: 14) {
        case 0, 1:
          let kind: MapFlags = random.next(upperBound: 3) == 0 ? .shared : .private
          try machine.mmap(
            task, at: address, length: length, protection, [kind, .anonymous, .fixed])
        case 2: try machine.munmap(task, address, length: length)
        case 3: try? machine.mprotect(task, address, length: length, protection)
        case 4:
          let (target, newLength) = pages()
          _ = try? machine.mremap(
            task, address, oldLength: length, newLength: newLength,
            RemapFlags(rawValue: Int32(random.next(upperBound: 8))), to: target)
        case 5: try? machine.madvise(task, address, length: length, .dontNeed)
        case 6: try? machine.madvise(task, address, length: length, .free)
        case 7: try? machine.madvise(task, address, length: length, .populateWrite)
        case 8: try? machine.mlock(task, address, length: length)
        case 9: try? machine.munlock(task, address, length: length)
        case 10 where live.count < 4:
          live.append(
            random.next(upperBound: 2) == 0 ? try machine.fork(task) : try machine.clone(task))
        case 11 where live.count > 1 && random.next(upperBound: 3) == 0:
          machine.exit(task)
          live.removeAll { $0 == task }
        default:
          let access = AccessKind(rawValue: UInt8(random.next(upperBound: 3)))!
          _ = try? machine.touch(task, address, access)
          _ = try? machine.store(task, address + 5, [UInt8(truncatingIfNeeded: random.next())])
        }
        machine.validate()
      }
      for task in live { machine.exit(task) }
      machine.validate()
      #expect(machine.userFrames == 0, "seed \(seed)")
      #expect(machine.kernelFrames == kernelFrames, "seed \(seed)")
    }
  }
}
