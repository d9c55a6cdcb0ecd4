import MemoryUnits
import PageFrames
import Translation
import VirtualMemory

/// A machine under memory pressure beside a plain model of what its tasks must read: the byte of which
/// each page of private, shared, file and private file memory is full. Processes have threads on several
/// cores; PCIDs and the levels of the tables go by the seed.
struct PressureWorld: ~Copyable {
  /// What the threads of one process share or own; pages that were never written are 0.
  struct Model {
    var anonymous: [Int: UInt8] = [:]
    /// Pages given up by MADV_FREE: they may read as 0, too.
    var mayBeZero: Set<Int> = []
    /// Private copies of file pages.
    var copies: [Int: UInt8] = [:]
    var shared = 0
    var isMoved = false
  }

  static let sizes = (anonymous: 90, shared: 50, file: 60, copies: 40)
  static let sharedBase: UInt64 = 0x20_0000_0000
  static let fileBase: UInt64 = 0x30_0000_0000
  static let copyBase: UInt64 = 0x40_0000_0000

  var machine: Machine
  var random: SplitMix64
  /// The processes, and that of each task which lives.
  var models: [Model] = []
  var live: [TaskID: Int] = [:]
  let coreCount = 3
  var shared: [[Int: UInt8]] = []
  var file: [Int: UInt8] = [:]
  let store: MemoryFileStore
  let mayRunOut: Bool
  var descriptors: [TaskID: Int32] = [:]

  init(
    seed: UInt64, frames: Int, swap: Int, allocator: MachineConfiguration.Allocator,
    limit: Int? = nil, mayRunOut: Bool = false
  ) throws {
    var configuration = MachineConfiguration(
      frameCount: frames, allocator: allocator, coreCount: coreCount,
      watermarks: Watermarks(min: 8, low: 14, high: 20), swapPages: swap)
    configuration.faultAroundBytes = seed % 2 == 0 ? 4096 : 65_536
    // A group at its limit with swappiness 0 swaps nothing, as in Linux.
    configuration.swappiness = [limit == nil ? 0 : 1, 60, 100, 200][Int(seed / 2 % 4)]
    configuration.pageCluster = Int(seed % 4)
    configuration.hasPCID = seed % 3 != 0
    configuration.geometry.levels = seed % 5 == 0 ? 5 : 4
    configuration.compaction.pageblockOrder = Order(2 + Int(seed % 3))
    configuration.compaction.compactUnevictableAllowed = seed % 4 != 0
    machine = Machine(configuration)
    random = SplitMix64(seed: seed)
    self.mayRunOut = mayRunOut
    for page in 0..<Self.sizes.file { file[page] = UInt8(page + 1) }
    let bytes = (0..<Self.sizes.file << 12).map { UInt8($0 >> 12 + 1) }
    store = MemoryFileStore(bytes)
    try machine.addFile("/file", store)
    let group = limit == nil ? 0 : machine.makeGroup(limit: limit)
    try add(machine.spawn("first", group: group))
  }

  /// The process of a task.
  subscript(task: TaskID) -> Model {
    get { live[task].map { models[$0] } ?? Model() }
    set { if let model = live[task] { models[model] = newValue } }
  }

  func base(_ model: Model) -> UInt64 { model.isMoved ? 0x18_0000_0000 : 0x10_0000_0000 }

  mutating func add(_ task: TaskID) throws {
    var model = Model()
    model.shared = shared.count
    shared.append([:])
    let descriptor = try machine.open(task, "/file", .readWrite)
    try machine.mmap(
      task, at: base(model), length: UInt64(Self.sizes.anonymous) << 12, .readWrite,
      [.private, .anonymous, .fixed])
    try machine.mmap(
      task, at: Self.sharedBase, length: UInt64(Self.sizes.shared) << 12, .readWrite,
      [.shared, .anonymous, .fixed])
    try machine.mmap(
      task, at: Self.fileBase, length: UInt64(Self.sizes.file) << 12, .readWrite,
      [.shared, .fixed], descriptor: descriptor)
    try machine.mmap(
      task, at: Self.copyBase, length: UInt64(Self.sizes.copies) << 12, .readWrite,
      [.private, .fixed], descriptor: descriptor)
    live[task] = models.count
    models.append(model)
    descriptors[task] = descriptor
  }

  var tasks: [TaskID] { live.keys.sorted { $0.rawValue < $1.rawValue } }

  /// Forgets tasks that the out-of-memory killer has ended.
  mutating func bury() -> Bool {
    let dead = tasks.filter { machine.task($0)?.state != .running }
    for task in dead { live[task] = nil }
    return !dead.isEmpty
  }

  mutating func below(_ bound: Int) -> Int { Int(random.next(upperBound: UInt64(bound))) }

  /// One of the four regions, its first address and its pages.
  mutating func region(_ task: TaskID) -> (kind: Int, base: UInt64, count: Int) {
    switch below(6) {
    case 0: (1, Self.sharedBase, Self.sizes.shared)
    case 1: (2, Self.fileBase, Self.sizes.file)
    case 2: (3, Self.copyBase, Self.sizes.copies)
    default: (0, base(self[task]), Self.sizes.anonymous)
    }
  }

  /// Of which byte a page may be full.
  func expected(_ task: TaskID, _ kind: Int, _ page: Int) -> [UInt8] {
    let model = self[task]
    switch kind {
    case 0:
      let value = model.anonymous[page, default: 0]
      return model.mayBeZero.contains(page) ? [value, 0] : [value]
    case 1: return [shared[model.shared][page, default: 0]]
    case 2: return [file[page, default: 0]]
    default: return [model.copies[page] ?? file[page, default: 0]]
    }
  }

  mutating func note(_ task: TaskID, _ kind: Int, _ page: Int, _ byte: UInt8) {
    switch kind {
    case 0:
      self[task].anonymous[page] = byte
      self[task].mayBeZero.remove(page)
    case 1: shared[self[task].shared][page] = byte
    case 2: file[page] = byte
    default: self[task].copies[page] = byte
    }
  }
}
