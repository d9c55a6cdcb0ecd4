import MemoryUnits
import Testing
import VirtualMemory

@Suite("Files: random calls")
struct FileRandomTests {
  /// Two files against two plain arrays, and private mappings against copies of pages: what is read, by
  /// call or by mapping, what is in the stores after sync, and all invariants after every call; with
  /// memory in plenty and with less than is used.
  @Test("files hold what was written, by calls and through shared mappings")
  func model() throws {
    for seed in 1...UInt64(isLong ? 2000 : 30) {
      var run = try FileRun(seed: seed)
      for _ in 0..<200 { try run.step() }
      try run.finish()
    }
  }
}

private struct PrivatePage: Hashable {
  var task: TaskID
  var file: Int
  var page: Int
}

private struct FileRun: ~Copyable {
  let seed: UInt64
  var random: SplitMix64
  var machine: Machine
  var tasks = [firstTask]
  let stores: [MemoryFileStore]
  var files: [[UInt8]]
  /// Pages that a task has written in its private mappings.
  var copies: [PrivatePage: [UInt8]] = [:]
  let buffer = firstBuffer
  static let base: UInt64 = 0x10_0000_0000
  static let privateBase: UInt64 = 0x20_0000_0000
  static let longest = 60_000

  init(seed: UInt64) throws {
    self.seed = seed
    var random = SplitMix64(seed: seed)
    let files = [40_000, 100].map { length in
      (0..<length).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
    stores = files.map { MemoryFileStore($0) }
    machine = try Self.start(stores, seed)
    self.files = files
    self.random = random
  }

  private static func start(
    _ stores: [MemoryFileStore], _ seed: UInt64
  ) throws -> Machine {
    let task = firstTask
    // Every other four runs have less memory than they use.
    var machine = try machineWithBuffer(frames: seed & 4 == 0 ? 2048 : 160, pages: 16) {
      $0.swapPages = 2048
      $0.faultAroundBytes = seed & 1 == 0 ? 4096 : 65_536
      $0.dirtyLimits.dirtyBackgroundRatio = seed & 2 == 0 ? 0 : 10
    }
    for index in 0..<2 {
      try machine.addFile("/\(index)", stores[index])
      _ = try machine.open(task, "/\(index)", .readWrite)
      // Descriptor and mapping of file i: i, and base + i * 1 MiB.
    }
    for index in 0..<2 {
      try machine.mmap(
        task, at: base + UInt64(index) << 20, length: 1 << 17, .readWrite, [.shared, .fixed],
        descriptor: Int32(index))
      try machine.mmap(
        task, at: privateBase + UInt64(index) << 20, length: 1 << 17, .readWrite,
        [.private, .fixed], descriptor: Int32(index))
    }
    return machine
  }

  mutating func below(_ limit: Int) -> Int { Int(random.next(upperBound: UInt64(limit))) }

  mutating func step() throws {
    let task = tasks[below(tasks.count)]
    let which = below(2)
    let descriptor = Int32(which)
    let offset = below(Self.longest)
    let count = below(9000)
    let mapped = Self.base + UInt64(which) << 20
    switch below(17) {
    case 0, 1:
      let got = try machine.pread(task, descriptor, buffer, count: count, offset: offset)
      let expected = files[which].dropFirst(offset).prefix(count)
      #expect(got == expected.count, "seed \(seed)")
      #expect(try machine.load(task, buffer, count: got) == Array(expected), "seed \(seed)")
    case 2, 3:
      let byte = UInt8(truncatingIfNeeded: random.next())
      let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0) &+ byte }
      let place = below(2) * 4096
      try machine.store(task, buffer + UInt64(place), bytes)
      let start = below(3) == 0 ? offset & ~4095 : offset
      let done = try machine.pwrite(
        task, descriptor, buffer + UInt64(place), count: count, offset: start)
      #expect(done == count, "seed \(seed)")
      if count > 0 { put(bytes, which, start) }
    case 4, 5:
      let there = files[which].dropFirst(offset).prefix(count)
      #expect(
        try machine.load(task, mapped + UInt64(offset), count: there.count) == Array(there),
        "seed \(seed)")
    case 6, 7:
      let part = min(count, max(0, files[which].count - offset))
      let byte = UInt8(truncatingIfNeeded: random.next())
      let bytes = [UInt8](repeating: byte, count: part)
      try machine.store(task, mapped + UInt64(offset), bytes)
      if part > 0 { put(bytes, which, offset) }
    case 8:
      try machine.ftruncate(task, descriptor, offset)
      copies = copies.filter { $0.key.file != which || $0.key.page < (offset + 4095) >> 12 }
      let old = files[which].count
      files[which] =
        offset < old
        ? Array(files[which][..<offset])
        : files[which] + [UInt8](repeating: 0, count: offset - old)
    case 9: try machine.msync(task, mapped, length: 1 << 17, below(2) == 0 ? .sync : .async)
    case 10:
      try machine.fsync(task, descriptor)
      #expect(stores[which].contents == files[which], "seed \(seed)")
    case 11 where tasks.count < 3:
      let child = try machine.fork(task)
      tasks.append(child)
      for (place, bytes) in copies where place.task == task {
        copies[PrivatePage(task: child, file: place.file, page: place.page)] = bytes
      }
    case 11 where below(2) == 0:
      machine.exit(task)
      tasks.removeAll { $0 == task }
      copies = copies.filter { $0.key.task != task }
    case 12, 13:
      let there = files[which].dropFirst(offset).prefix(count).count
      #expect(
        try machine.load(
          task, Self.privateBase + UInt64(which) << 20 + UInt64(offset), count: there)
          == privateBytes(task, which, offset..<offset + there), "seed \(seed)")
    case 14, 15:
      let part = min(count, max(0, files[which].count - offset))
      let bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: random.next()), count: part)
      try machine.store(
        task, Self.privateBase + UInt64(which) << 20 + UInt64(offset), bytes)
      for (at, byte) in zip(offset..., bytes) { setPrivate(task, which, at, byte) }
    default:
      machine.idle(nanoseconds: UInt64(below(40_000_000_000)))
      try machine.fadvise(task, descriptor, FileAdvice(rawValue: Int32(below(6))) ?? .normal)
    }
    machine.validate()
  }

  func page(_ task: TaskID, _ which: Int, _ page: Int) -> [UInt8] {
    if let copy = copies[PrivatePage(task: task, file: which, page: page)] { return copy }
    let bytes = Array(files[which].dropFirst(page << 12).prefix(4096))
    return bytes + [UInt8](repeating: 0, count: 4096 - bytes.count)
  }

  func privateBytes(_ task: TaskID, _ which: Int, _ range: Range<Int>) -> [UInt8] {
    var bytes: [UInt8] = []
    while bytes.count < range.count {
      let at = range.lowerBound + bytes.count
      bytes += page(task, which, at >> 12)[(at & 4095)...].prefix(range.upperBound - at)
    }
    return bytes
  }

  mutating func setPrivate(_ task: TaskID, _ which: Int, _ at: Int, _ byte: UInt8) {
    let place = PrivatePage(task: task, file: which, page: at >> 12)
    if copies[place] == nil { copies[place] = page(task, which, at >> 12) }
    copies[place]?[at & 4095] = byte
  }

  mutating func put(_ bytes: [UInt8], _ which: Int, _ start: Int) {
    let missing = start + bytes.count - files[which].count
    if missing > 0 { files[which] += [UInt8](repeating: 0, count: missing) }
    files[which].replaceSubrange(start..<start + bytes.count, with: bytes)
  }

  mutating func finish() throws {
    for task in tasks { machine.exit(task) }
    machine.validate()
    for which in 0..<2 {
      if which == 0 { machine.sync() } else { try machine.unlink("/\(which)") }
      #expect(stores[which].contents == files[which], "seed \(seed)")
    }
    machine.validate()
  }
}
