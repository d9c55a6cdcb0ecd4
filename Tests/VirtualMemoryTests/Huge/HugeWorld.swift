import MemoryUnits
import PageFrames
import Testing
import Translation
import VirtualMemory

/// A machine with transparent huge pages under memory pressure, beside a plain model: the first byte of
/// every page of each task's private memory. The settings go by the seed.
struct HugeWorld: ~Copyable {
  struct Model {
    var bytes: [Int: UInt8] = [:]
    /// Pages given up by MADV_FREE: they may read as 0, too.
    var mayBeZero: Set<Int> = []
    /// Which of `places` the memory lies at.
    var place = 0
  }

  static let blocks = 3
  static let pages = blocks * 512
  /// Aligned, aligned, not aligned.
  static let places: [UInt64] = [hugeBase, 2 * hugeBase, 3 * hugeBase + 12_288]

  var machine: Machine
  var random: SplitMix64
  var models: [TaskID: Model] = [:]
  let isLimited: Bool
  /// Whether there are folios between 4 KiB and 2 MiB.
  let mixesSizes: Bool

  init(
    seed: UInt64, frames: Int, swap: Int, allocator: MachineConfiguration.Allocator,
    pageblockOrder: Order = .huge, mixesSizes: Bool = false
  ) throws {
    var configuration = MachineConfiguration(
      frameCount: frames, allocator: allocator, coreCount: 2,
      watermarks: Watermarks(min: 24, low: 36, high: 48), swapPages: swap)
    typealias Defrag = TransparentHugePages.Defrag
    configuration.transparentHugePages = TransparentHugePages(
      enabled: seed % 5 == 0 ? .madvise : .always,
      defrag: Defrag.allCases[Int(seed) % Defrag.allCases.count], useZeroPage: seed % 3 != 0)
    if mixesSizes { configuration.transparentHugePages?.sizes = Self.someSizes(seed) }
    configuration.compaction.pageblockOrder = pageblockOrder
    configuration.hasPCID = seed % 2 == 0
    configuration.geometry.levels = seed % 7 == 0 ? 5 : 4
    machine = Machine(configuration)
    random = SplitMix64(seed: seed)
    self.mixesSizes = mixesSizes
    isLimited = seed % 4 == 1
    let group = isLimited ? machine.makeGroup(limit: frames / 2) : 0
    try add(machine.spawn("first", group: group))
  }

  /// Any setting for each size; 2 MiB as Linux has it by default more often than not.
  private static func someSizes(_ seed: UInt64) -> HugePageSizes {
    typealias Enabled = HugePageSizes.Enabled
    var random = SplitMix64(seed: ~seed)
    var sizes = HugePageSizes()
    for order in HugePageSizes.orders where order < 9 || seed % 3 == 0 {
      sizes[order] = Enabled.allCases[Int(random.next(upperBound: UInt64(Enabled.allCases.count)))]
    }
    return sizes
  }

  mutating func add(_ task: TaskID) throws {
    try machine.mmap(
      task, at: Self.places[0], length: UInt64(Self.pages) << 12, .readWrite,
      [.private, .anonymous, .fixed])
    models[task] = Model()
  }

  subscript(task: TaskID) -> Model {
    get { models[task] ?? Model() }
    set { models[task] = newValue }
  }

  mutating func below(_ bound: Int) -> Int { Int(random.next(upperBound: UInt64(bound))) }

  var tasks: [TaskID] { models.keys.sorted { $0.rawValue < $1.rawValue } }

  /// Some pages: whole blocks as often as a part of one.
  private mutating func someRange() -> Range<Int> {
    if mixesSizes, below(2) == 0 {
      // About as large as a folio, aligned or not.
      let count = below(2) == 0 ? 1 << below(9) : 1 + below(70)
      let start = below(2) == 0 ? below(Self.pages) & -count & ~3 : below(Self.pages)
      return start..<min(start + count, Self.pages)
    }
    if below(2) == 0 {
      let first = below(Self.blocks)
      return first * 512..<(first + 1 + below(Self.blocks - first)) * 512
    }
    let start = below(Self.pages)
    return start..<min(start + 1 + below(300), Self.pages)
  }

  mutating func step(_ context: Comment) throws {
    let tasks = self.tasks
    let task = tasks[below(tasks.count)]
    machine.run(task, on: below(2))
    let range = someRange()
    let base = Self.places[self[task].place]
    let address = base + UInt64(range.lowerBound) << 12
    let length = UInt64(range.count) << 12
    do {
      switch below(24) {
      case 0..<5: try write(task, range)
      case 5..<8: try read(task, range, context)
      case 8, 9:
        try machine.madvise(task, address, length: length, .dontNeed)
        forget(task, range)
      case 10:
        try machine.munmap(task, address, length: length)
        forget(task, range)
        try machine.mmap(
          task, at: address, length: length, .readWrite, [.private, .anonymous, .fixed])
      case 11:
        try machine.mprotect(task, address, length: length, below(2) == 0 ? .read : .none)
        try machine.mprotect(task, address, length: length, .readWrite)
      case 12, 13: try move(task)
      case 14:
        try machine.madvise(task, address, length: length, .free)
        self[task].mayBeZero.formUnion(range)
      case 15: try machine.madvise(task, address, length: length, .pageOut)
      case 16: try machine.madvise(task, address, length: length, .cold)
      case 17: try machine.madvise(task, address, length: length, .hugePage)
      case 18: try machine.madvise(task, address, length: length, .noHugePage)
      case 19:
        let part = range.lowerBound..<min(range.lowerBound + 20, range.upperBound)
        try machine.mlock(task, address, length: UInt64(part.count) << 12)
        machine.validate()
        try machine.munlock(task, address, length: length)
      case 20 where tasks.count < 3:
        let child = try machine.fork(task)
        self[child] = self[task]
      case 21 where tasks.count > 1:
        machine.exit(task)
        models[task] = nil
      case 22: try collapse(task, address, length)
      default: machine.idle(nanoseconds: 20_000_000)
      }
    } catch let error as Errno where error == .noMemory {
      // Of blocks and tables there may be none.
    }
  }

  private mutating func collapse(_ task: TaskID, _ address: UInt64, _ length: UInt64) throws {
    do {
      try machine.madvise(task, address, length: length, .collapse)
    } catch {
      guard [.invalid, .tryAgain, .busy, .noMemory].contains(error) else { throw error }
    }
  }

  private mutating func forget(_ task: TaskID, _ range: Range<Int>) {
    for page in range {
      self[task].bytes[page] = nil
      self[task].mayBeZero.remove(page)
    }
  }

  private mutating func write(_ task: TaskID, _ range: Range<Int>) throws {
    let base = Self.places[self[task].place]
    let stride = 1 + below(7)
    for page in Swift.stride(from: range.lowerBound, to: range.upperBound, by: stride) {
      let byte = UInt8(truncatingIfNeeded: random.next())
      try machine.store(task, base + UInt64(page) << 12, [byte])
      self[task].bytes[page] = byte
      self[task].mayBeZero.remove(page)
    }
  }

  mutating func read(_ task: TaskID, _ range: Range<Int>, _ context: Comment) throws {
    let model = self[task]
    let base = Self.places[model.place]
    for page in range {
      let found = try machine.load(task, base + UInt64(page) << 12, count: 1)[0]
      let wanted = model.bytes[page, default: 0]
      if found != wanted, !(found == 0 && model.mayBeZero.contains(page)) {
        Issue.record("\(context), task \(task), page \(page): \(found), not \(wanted)")
        return
      }
    }
  }

  /// mremap of all memory to another place.
  private mutating func move(_ task: TaskID) throws {
    let old = self[task].place
    let new = (old + 1 + below(2)) % 3
    let length = UInt64(Self.pages) << 12
    try machine.mremap(
      task, Self.places[old], oldLength: length, newLength: length, [.mayMove, .fixed],
      to: Self.places[new])
    self[task].place = new
  }

  mutating func compare(_ context: Comment) throws {
    for task in tasks { try read(task, 0..<Self.pages, context) }
  }
}
