import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: folios between 4 KiB and 2 MiB at faults")
struct MultiSizeFaultTests {
  /// A machine without 2 MiB pages, and with the orders that are given.
  private func machine(
    _ orders: [Int], frames: Int = 4096, swap: Int = 0,
    defrag: TransparentHugePages.Defrag = .madvise
  ) -> Machine {
    hugeMachine(frames: frames, swap: swap, sizedPages(orders, defrag: defrag))
  }

  @Test("the defaults are Linux's: 2 MiB as the common setting says, nothing below")
  func defaults() {
    let sizes = TransparentHugePages().sizes
    #expect(
      HugePageSizes.orders.map { sizes[$0] } == Array(repeating: .never, count: 7) + [.inherit])
    #expect(HugePageSizes.name(of: 4) == "hugepages-64kB")
    #expect(HugePageSizes.order(named: "hugepages-1024kB") == 8)
    for name in ["hugepages-8kB", "hugepages-64KB", "hugepages-4096kB", "hugepages-"] {
      #expect(HugePageSizes.order(named: name) == nil, "\(name)")
    }
  }

  @Test(
    "the order of a fault, by setting of the size, common setting and advice", arguments: [4, 9])
  func settings(order: Int) throws {
    for (global, size) in TransparentHugePages.Enabled.allCases.flatMap({ global in
      HugePageSizes.Enabled.allCases.map { (global, $0) }
    }) {
      for advice in [nil, Advice.hugePage, .noHugePage] {
        var settings = TransparentHugePages(enabled: global)
        settings.sizes[9] = .never
        settings.sizes[order] = size
        var machine = hugeMachine(frames: 2048, settings)
        let task = try machine.spawn()
        try machine.mapHuge(task)
        if let advice { try machine.madvise(task, hugeBase, length: hugeBytes, advice) }
        try machine.store(task, hugeBase + 20 * 4096, [1])
        let isAdvised = advice == .hugePage
        let isWanted =
          switch size {
          case .always: true
          case .inherit: global == .always || global == .madvise && isAdvised
          case .madvise: isAdvised
          case .never: false
          }
        #expect(
          machine.residentPages(of: task).anonymous
            == (isWanted && advice != .noHugePage ? 1 << order : 1),
          "\(global), \(size), \(String(describing: advice))")
        machine.validate()
      }
    }
  }

  @Test("prctl(PR_SET_THP_DISABLE) forbids every size")
  func forbidden() throws {
    var machine = machine([2, 4])
    let task = try machine.spawn()
    try machine.mapHuge(task)
    try machine.forbidHugePages(task, true)
    try machine.store(task, hugeBase, [1])
    #expect(machine.residentPages(of: task).anonymous == 1)
  }

  @Test(
    "the highest order whose aligned block lies in the area and is empty: every small case",
    arguments: [[2], [3], [2, 4], [2, 3, 4], [3, 5]])
  func order(orders: [Int]) throws {
    var machine = machine(orders, frames: 1024)
    let none = sizedPages([])
    let some = sizedPages(orders)
    let task = try machine.spawn()
    let base = Int(hugeBase >> 12)
    var cases = 0
    for area in Self.areas {
      let (start, end) = (area.lowerBound, area.upperBound)
      let others = stride(from: start, to: end, by: isLong ? 1 : 3).map { Optional($0) }
      for taken in [nil] + others {
        for page in start..<end where page != taken {
          try machine.mmap(
            task, at: UInt64(base + start) << 12, length: UInt64(end - start) << 12, .readWrite,
            [.private, .anonymous, .fixed])
          machine.setTransparentHugePages(none)
          if let taken { try machine.store(task, UInt64(base + taken) << 12, [1]) }
          machine.setTransparentHugePages(some)
          try machine.store(task, UInt64(base + page) << 12, [2])
          let wanted = Self.block(orders, start..<end, taken, page)
          for other in start..<end {
            let isPresent = machine.pagemap(task, page: base + other).isPresent
            if isPresent != (wanted.contains(other) || other == taken) {
              Issue.record("orders \(orders), area \(start)..<\(end), page \(page), \(other)")
              return
            }
          }
          if page == start { machine.validate() }
          try machine.munmap(
            task, UInt64(base + start) << 12, length: UInt64(end - start) << 12)
          cases += 1
        }
      }
    }
    machine.validate()
    #expect(cases > 3000 && machine.userFrames == 0)
  }

  private static let areas = [0, 1, 3, 4, 8].flatMap { start in
    [17, 20, 24, 31, 32].map { start..<$0 }
  }

  /// Which pages a fault maps.
  private static func block(
    _ orders: [Int], _ area: Range<Int>, _ taken: Int?, _ page: Int
  ) -> Range<Int> {
    for order in orders.reversed() {
      let first = (page >> order) << order
      let block = first..<first + 1 << order
      if area.lowerBound <= first, block.upperBound <= area.upperBound,
        taken.map({ !block.contains($0) }) ?? true
      {
        return block
      }
    }
    return page..<page + 1
  }

  @Test("every size: one fault, zeros, frames in a row, nobody else's", arguments: 2...8)
  func size(order: Int) throws {
    var machine = machine([order])
    let task = try machine.spawn()
    try machine.mapHuge(task)
    let count = 1 << order
    let first = Int(hugeBase >> 12) + count
    let before = machine.clock
    try machine.store(task, UInt64(first + count - 1) << 12, [7])
    let costs = machine.configuration.costs
    #expect(machine.clock - before >= UInt64(count) * (costs.zeroPage + costs.entry))
    machine.validate()
    #expect(machine.counters.pgfault == 1 && machine.userFrames == count)
    let counters = machine.hugePageStatistics[order]
    #expect(counters.anonFaultAlloc == 1 && counters.nrAnon == 1)
    let head = machine.pagemap(task, page: first).frame
    #expect(head.index % count == 0)
    for part in 0..<count {
      let page = machine.pagemap(task, page: first + part)
      #expect(page.isPresent && page.isExclusive && page.frame == head.advanced(by: part))
      let found = try machine.load(task, UInt64(first + part) << 12, count: 1)
      #expect(found == [part == count - 1 ? 7 : 0])
      try machine.store(task, UInt64(first + part) << 12, [1])
    }
    #expect(machine.counters.pgfault == 1)
    machine.exit(task)
    machine.validate()
    #expect(machine.userFrames == 0 && machine.hugePageStatistics[order].nrAnon == 0)
  }

  @Test("a read maps the page of zeros, and the write after it one page")
  func read() throws {
    var machine = machine([4])
    let task = try machine.spawn()
    try machine.mapHuge(task)
    #expect(try machine.load(task, hugeBase, count: 1) == [0])
    #expect(machine.counters.zeroPageMapped == 1 && machine.userFrames == 0)
    try machine.store(task, hugeBase, [1])
    #expect(machine.userFrames == 1)
    machine.validate()
  }

  @Test("a group at its limit refuses a charge, and a smaller folio comes")
  func charge() throws {
    var machine = machine([4, 8])
    let task = try machine.spawn(group: machine.makeGroup(limit: 40))
    try machine.mapHuge(task)
    try machine.store(task, hugeBase, [1])
    try machine.store(task, hugeBase + 16 * 4096, [1])
    try machine.store(task, hugeBase + 32 * 4096, [1])
    // 256 pages are too many for the first fault; the later ones have no room for that size.
    let large = machine.hugePageStatistics[8]
    #expect(large.anonFaultFallback == 1 && large.anonFaultFallbackCharge == 1)
    let small = machine.hugePageStatistics[4]
    #expect(small.anonFaultAlloc == 2 && small.anonFaultFallbackCharge == 1)
    #expect(machine.residentPages(of: task).anonymous == 33)
    machine.validate()
  }

  @Test("where no block of an order is free the next lower one comes")
  func fallback() throws {
    var machine = machine([2, 4], frames: 1024, defrag: .never)
    let hog = try machine.spawn()
    let count = UInt64(machine.freeFrames - 100)
    try machine.mmap(
      hog, at: 2 * hugeBase, length: count << 12, .readWrite, [.private, .anonymous, .fixed])
    try machine.madvise(hog, 2 * hugeBase, length: count << 12, .noHugePage)
    for page in 0..<count { try machine.store(hog, 2 * hugeBase + page << 12, [1]) }
    let task = try machine.spawn()
    try machine.mapHuge(task)
    // Of every sixteen frames the lower eight come free.
    for page in 0..<count {
      let frame = machine.pagemap(hog, page: Int(2 * hugeBase >> 12) + Int(page)).frame
      if frame.index % 16 < 8 {
        try machine.madvise(hog, 2 * hugeBase + page << 12, length: 4096, .dontNeed)
      }
    }
    // What is free in larger blocks goes first.
    var page: UInt64 = 0
    while machine.freeBlocksByOrder[4...].contains(where: { $0 > 0 }) {
      try machine.store(task, hugeBase + page << 12, [1])
      page += 16
    }
    let before = (machine.hugePageStatistics[4], machine.hugePageStatistics[2])
    try machine.store(task, hugeBase + page << 12, [1])
    let after = (machine.hugePageStatistics[4], machine.hugePageStatistics[2])
    #expect(after.0.anonFaultFallback == before.0.anonFaultFallback + 1)
    #expect(after.1.anonFaultAlloc == before.1.anonFaultAlloc + 1)
    machine.validate()
  }

  @Test("2 MiB first where it is enabled, then the sizes below")
  func below() throws {
    var settings = TransparentHugePages()
    settings.sizes[4] = .inherit
    var machine = hugeMachine(frames: 1024, settings)
    let task = try machine.spawn()
    try machine.mapHuge(task, 2)
    try machine.store(task, hugeBase, [1])
    try machine.store(task, hugeBase + hugeBytes, [1])
    #expect(machine.hugeLeaves(task) == 1 && machine.residentPages(of: task).anonymous == 528)
    let huge = machine.hugePageStatistics[9]
    #expect(huge.anonFaultAlloc == 1 && huge.anonFaultFallback == 1)
    #expect(machine.counters.thpFaultAlloc == 1 && machine.counters.thpFaultFallback == 1)
    #expect(machine.hugePageStatistics[4].anonFaultAlloc == 1)
    machine.validate()
  }
}
