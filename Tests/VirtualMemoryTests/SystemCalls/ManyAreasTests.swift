import MemoryUnits
import Testing
import VirtualMemory

@Suite("Machine: many areas")
struct ManyAreasTests {
  /// Protections that differ from page to page keep neighbours from merging.
  private static let protections: [Protection] = [.read, .readWrite, .none]

  @Test("areas and room among hundreds of them are what a plain list of pages says")
  func model() throws {
    for seed in 0..<UInt64(isLong ? 40 : 4) {
      var generator = SplitMix64(seed: seed)
      var machine = Machine(MachineConfiguration(frameCount: 1024, keepsContents: false))
      let task = try machine.spawn()
      let base: UInt64 = 0x10_0000_0000
      // Protection of each page, nil where nothing is mapped.
      var pages = [Int?](repeating: nil, count: 2000)
      for step in 0..<3000 {
        let first = Int(generator.next(upperBound: 1990))
        let count = 1 + Int(generator.next(upperBound: 6))
        let address = base + UInt64(first) << 12
        // Grows, and later shrinks.
        if generator.next(upperBound: 10) < (step < 2000 ? 8 : 2) {
          for page in first..<first + count {
            let kind = (page + step) % 3
            try machine.mmap(
              task, at: base + UInt64(page) << 12, length: 4096, Self.protections[kind],
              [.private, .anonymous, .fixed])
            pages[page] = kind
          }
        } else {
          try machine.munmap(task, address, length: UInt64(count) << 12)
          for page in first..<first + count { pages[page] = nil }
        }
        guard step % 50 == 49 else { continue }
        try Self.compare(&machine, task, Int(base >> 12), pages, seed)
      }
      machine.validate()
    }
  }

  private static func compare(
    _ machine: inout Machine, _ task: TaskID, _ base: Int, _ pages: [Int?], _ seed: UInt64
  ) throws {
    guard let space = machine.addressSpace(of: task) else {
      Issue.record("the task is gone")
      return
    }
    for (index, kind) in pages.enumerated() {
      let area = space.area(containing: base + index)
      let found = area.flatMap { area in protections.firstIndex(of: area.flags.protection) }
      #expect(found == kind, "seed \(seed), page \(index)")
    }
    let runs = pages.indices.count { pages[$0] != nil && ($0 == 0 || pages[$0 - 1] != pages[$0]) }
    var count = 0
    var inside: [Range<Int>] = []
    space.forEachArea { area in
      if base <= area.start, area.start < base + pages.count { count += 1 }
      inside.append(area.start..<area.end)
    }
    #expect(count == runs, "seed \(seed)")
    // Room comes from the highest gap below mmap_base that suffices.
    let length = 1 + runs % 5
    var high = space.mmapBase
    var expected: Int?
    for area in inside.reversed() where area.lowerBound < space.mmapBase {
      if high - area.upperBound >= length {
        expected = high - length
        break
      }
      high = min(high, area.lowerBound)
    }
    let address = try machine.mmap(
      task, length: UInt64(length) << 12, .read, [.private, .anonymous])
    #expect(Int(address >> 12) == expected ?? high - length, "seed \(seed)")
    try machine.munmap(task, address, length: UInt64(length) << 12)
  }

  @Test("room is found in holes between hundreds of areas, the highest first")
  func holes() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024, keepsContents: false))
    let task = try machine.spawn()
    // A block that leaves no other room near mmap_base, cut into pieces with holes of 1...5 pages.
    let length = 3000
    let block = try machine.mmap(
      task, length: UInt64(length) << 12, .read, [.private, .anonymous])
    var holes: [(start: Int, count: Int)] = []
    var page = 1
    while page + 12 < length {
      let count = 1 + page % 5
      try machine.munmap(task, block + UInt64(page) << 12, length: UInt64(count) << 12)
      holes.append((page, count))
      page += count + 1 + page % 4
    }
    for wanted in [5, 4, 3, 2, 1] {
      for (start, count) in holes.reversed() where count == wanted {
        let address = try machine.mmap(
          task, length: UInt64(wanted) << 12, .readWrite, [.private, .anonymous])
        #expect(address == block + UInt64(start) << 12)
      }
    }
    machine.validate()
  }
}
