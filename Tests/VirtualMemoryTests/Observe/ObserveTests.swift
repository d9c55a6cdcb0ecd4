import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: what can be seen")
struct ObserveTests {
  @Test("frames by state, owner and order agree with the counts")
  func census() throws {
    let frames = 1 << 14
    var machine = Machine(MachineConfiguration(frameCount: frames, keepsContents: false))
    let groups = [machine.makeGroup(), machine.makeGroup()]
    var tasks: [TaskID] = []
    for (index, group) in groups.enumerated() {
      let task = try machine.spawn(group: group)
      let address = try machine.mmap(
        task, length: 3 << 20, .readWrite, [.private, .anonymous])
      let range = PageRange(address: Int(address), bytes: (index + 1) << 20)
      #expect(machine.touch(task, range) == .resident)
      tasks.append(task)
    }
    #expect(machine.userFrames == 768)
    #expect(machine.charge(of: groups[1]) == 512)

    var states: [UInt8] = []
    machine.fillStates(&states)
    #expect(states.count == frames)
    #expect(states.count { $0 == FrameState.free.rawValue } == machine.freeFrames)
    #expect(states.count { $0 == FrameState.movable.rawValue } == machine.userFrames)
    let kernel = states.count {
      [FrameState.pageTable, .unmovable, .reserved].map(\.rawValue).contains($0)
    }
    #expect(kernel == machine.kernelFrames)
    let second = states.indices.filter {
      states[$0] == FrameState.movable.rawValue
        && machine.owner(of: FrameNumber($0)).group == groups[1]
    }
    #expect(second.count == 512)
    var same: [UInt8] = []
    var owners: [UInt8] = []
    machine.fillStates(&same, groups: &owners)
    #expect(same == states)
    #expect(second.allSatisfy { owners[$0] == UInt8(groups[1]) })
    // Beside its pages: root, three tables or more, a kernel stack.
    #expect(owners.count { $0 == UInt8(groups[1]) } >= 512 + 4 + 4)
    #expect(states.indices.allSatisfy { states[$0] != FrameState.free.rawValue || owners[$0] == 0 })
    let free = machine.freeBlocksByOrder.enumerated().reduce(0) { $0 + Int($1.1) << $1.0 }
    #expect(free == machine.freeFrames)
    #expect(machine.freeGiganticBlocks == 0)
    #expect(machine.zoneCounters == ZoneCounters())

    for task in tasks { machine.exit(task) }
    #expect(machine.userFrames == 0)
    #expect(tasks.map { machine.tablePages(of: $0) + machine.mappedPages(of: $0) } == [0, 0])
    machine.validate()
  }

  /// Thousands of one-page mappings with gaps, in a part of the address space that is closed on both
  /// sides: the highest place is always found, and nothing outside is.
  @Test("mmap takes the highest free place", arguments: [1, 2] as [UInt64])
  func highestPlace(seed: UInt64) throws {
    let count = isLong ? 20_000 : 4_000
    let first = 1 << 20
    var machine = Machine(MachineConfiguration(frameCount: 1024, keepsContents: false))
    let task = try machine.spawn()
    let closed: MapFlags = [.private, .anonymous, .noReserve, .fixedNoReplace]
    try machine.mmap(task, at: 16 << 12, length: UInt64(first - 16) << 12, .none, closed)
    let above = UInt64(AddressSpace.userPages - first - count) << 12
    try machine.mmap(task, at: UInt64(first + count) << 12, length: above, .none, closed)
    for page in stride(from: 0, to: count, by: 2) {
      let address = UInt64(first + page) << 12
      try machine.mmap(task, at: address, length: 4096, .readWrite, closed)
    }
    let anywhere: MapFlags = [.private, .anonymous, .noReserve]
    #expect(throws: Errno.noMemory) {
      try machine.mmap(task, length: 8192, .readWrite, anywhere)
    }
    var random = SplitMix64(seed: seed)
    var isMapped = (0..<count).map { $0 % 2 == 0 }
    for step in 0..<(isLong ? 4000 : 800) {
      let start = Int(random.next(upperBound: UInt64(count)))
      let length = min(1 + Int(random.next(upperBound: 30)), count - start)
      if random.next(upperBound: 2) == 0 {
        try machine.munmap(
          task, UInt64(first + start) << 12, length: UInt64(length) << 12)
        for page in start..<start + length { isMapped[page] = false }
        continue
      }
      var expected: Int?
      var free = 0
      for page in stride(from: count - 1, through: 0, by: -1) {
        free = isMapped[page] ? 0 : free + 1
        if free == length {
          expected = page
          break
        }
      }
      let found = try? machine.mmap(
        task, length: UInt64(length) << 12, .readWrite, anywhere)
      #expect(found.map { Int($0 >> 12) - first } == expected, "seed \(seed), step \(step)")
      guard let expected else { continue }
      for page in expected..<expected + length { isMapped[page] = true }
    }
    var mapped = [Bool](repeating: false, count: count)
    machine.addressSpace(of: task)?.forEachArea { area in
      guard area.start >= first, area.end <= first + count else { return }
      for page in area.start..<area.end { mapped[page - first] = true }
    }
    #expect(mapped == isMapped, "seed \(seed)")
    machine.validate()
  }
}
