import LinuxHost
import MemoryUnits
import VirtualMemory

/// One repetition of the machine suite: every operation once, on fresh machines, verified by what the
/// machines counted and by `validate()`.
struct MachineRepetition: ~Copyable {
  /// Pages of the measured mapping.
  let pages: Int
  private(set) var figures: [MachineOperation: Double] = [:]
  /// What a pass over the descriptors and entries of that many pages costs here, ns per page.
  private(set) var floorNs = 0.0

  init(pages: Int) { self.pages = pages }

  private var bytes: UInt64 { UInt64(pages) << 12 }

  mutating func run() throws(BenchmarkFault) {
    do {
      try anonymous()
      try contents()
      try areas()
    } catch let fault as BenchmarkFault {
      throw fault
    } catch {
      throw BenchmarkFault(.refused, "\(error)")
    }
    floorNs = Self.descriptorPass(pages)
    if let host = HostPages(count: min(pages, 1 << 14)).measure() {
      figures[.hostFault] = host.fault
      figures[.hostUnmap] = host.unmap
    }
  }

  private mutating func anonymous() throws {
    let pages = pages
    let bytes = bytes
    var machine = Machine(
      MachineConfiguration(frameCount: pages * 5 / 2 + 4096, keepsContents: false))
    let task = try machine.spawn()
    machine.run(task, on: 0)
    // Descriptors and tables are touched once before anything is timed.
    let warm = try machine.mmap(task, length: bytes, .readWrite, Self.populated)
    let address = warm
    try machine.munmap(task, warm, length: bytes)

    try machine.mmap(task, at: address, length: bytes, .readWrite, Self.fixed)
    let faults = machine.counters.pgfault
    figures[.fault] = try Self.time(pages) {
      try MachineLoops.measuredFault(&machine, task, address, pages)
    }
    try expect(machine.counters.pgfault - faults == UInt64(pages), "faults are missing")
    let small = try machine.mmap(task, length: 1 << 18, .readWrite, Self.populated)
    let misses = machine.counters.pgfault
    try MachineLoops.measuredTouch(&machine, task, small, 64)
    var sum: UInt64 = 0
    figures[.touchResident] = try Self.time(pages) {
      sum = try MachineLoops.measuredHit(&machine, task, small, pages)
    }
    try expect(machine.counters.pgfault == misses && sum <= UInt64(pages), "resident pages fault")

    var child = task
    figures[.fork] = try Self.time(pages) {
      child = try MachineLoops.measuredFork(&machine, task)
    }
    try expect(
      machine.addressSpace(of: child)?.resident.anonymous == pages + 64, "the child lacks pages")
    figures[.unmapShared] = try Self.time(pages) {
      try machine.munmap(child, address, length: bytes)
    }
    machine.exit(child)
    child = try machine.fork(task)
    let copied = machine.counters.pagesCopied
    figures[.copyOnWrite] = try Self.time(pages) {
      try MachineLoops.measuredTouch(&machine, task, address, pages)
    }
    try expect(machine.counters.pagesCopied - copied == UInt64(pages), "copies are missing")
    let reused = machine.counters.cowReused
    figures[.reuse] = try Self.time(pages) {
      try MachineLoops.measuredTouch(&machine, child, address, pages)
    }
    try expect(machine.counters.cowReused - reused == UInt64(pages), "the last owner copies")
    machine.exit(child)
    machine.run(task, on: 0)
    figures[.unmap] = try Self.time(pages) {
      try MachineLoops.measuredUnmap(&machine, task, address, bytes)
    }
    try expect(machine.addressSpace(of: task)?.resident.anonymous == 64, "pages remain")
    figures[.populate] = try Self.time(pages) {
      try machine.mmap(task, at: address, length: bytes, .readWrite, [Self.fixed, .populate])
    }
    try expect(
      machine.addressSpace(of: task)?.resident.anonymous == pages + 64, "populating stopped")
    machine.exit(task)
    machine.validate()
  }

  private mutating func contents() throws {
    // Host memory stands behind these bytes: fewer of them.
    let pages = min(pages, 1 << 15)
    var machine = Machine(MachineConfiguration(frameCount: pages + 4096))
    let task = try machine.spawn()
    let length = UInt64(pages) << 12
    let warm = try machine.mmap(task, length: length, .readWrite, Self.populated)
    try machine.munmap(task, warm, length: length)
    try machine.mmap(task, at: warm, length: length, .readWrite, Self.fixed)
    figures[.faultContents] = try Self.time(pages) {
      try MachineLoops.measuredTouch(&machine, task, warm, pages)
    }
    try expect(machine.counters.pagesZeroed >= UInt64(2 * pages), "pages were not zeroed")
    machine.exit(task)
    machine.validate()
  }

  private mutating func areas() throws {
    var machine = Machine(MachineConfiguration(frameCount: 8192, keepsContents: false))
    let task = try machine.spawn()
    let base: UInt64 = 0x10_0000_0000
    for index in 0..<UInt64(10_000) {
      try machine.mmap(task, at: base + index << 13, length: 4096, .read, Self.fixed)
    }
    var generator = SplitMix64(seed: 1)
    let probes = (0..<100_000).map { _ in
      Int(base >> 12) + Int(generator.next(upperBound: 20_000))
    }
    let expected = probes.count { ($0 - Int(base >> 12)) & 1 == 0 }
    guard let space = machine.addressSpace(of: task) else { return }
    var found = 0
    figures[.findArea] = Self.time(probes.count) {
      found = MachineLoops.measuredFind(space, probes)
    }
    try expect(found == expected && space.areaCount == 10_000, "areas are not found")
    figures[.mapUnmap] = try Self.time(10_000) {
      for index in 0..<UInt64(10_000) {
        let address = base + index << 13 + 4096
        try machine.mmap(task, at: address, length: 4096, .none, Self.fixed)
        try machine.munmap(task, address, length: 4096)
      }
    }
    try expect(machine.addressSpace(of: task)?.areaCount == 10_000, "areas are left over")
    machine.validate()
  }

  /// ns of thread CPU time per one of `count`.
  private static func time(_ count: Int, _ body: () throws -> Void) rethrows -> Double {
    let began = ThreadClock.now
    try body()
    return Double(ThreadClock.now - began) / Double(count)
  }

  private func expect(_ holds: Bool, _ what: String) throws(BenchmarkFault) {
    if !holds { throw BenchmarkFault(.miscounted, what) }
  }

  private static var fixed: MapFlags { [.private, .anonymous, .fixed] }
  private static var populated: MapFlags { [.private, .anonymous, .populate] }
}
