internal import MemoryUnits
public import PageFrames
package import Translation

/// A simulated computer with Linux's virtual memory on x86-64: frames under an allocator, page tables
/// in those frames, tasks with address spaces, faults, files and swap.
///
/// - Everything is deterministic: the same calls give the same frames, on every host.
/// - System calls are methods that name the task and throw `Errno`; `load`, `store` and `touch` access
///   memory as a program does, through the tables, and fault.
/// - After every call frames are conserved, every entry's frame leads back to the entry (reverse
///   mapping), and no TLB holds what the tables do not allow: `validate()`.
public struct Machine: ~Copyable {
  public let configuration: MachineConfiguration
  /// Those of the configuration, which is large, and read at every fault.
  let costs: CostTable
  let sharesZeroPage: Bool
  /// Whether the allocator keeps types of frames apart, and is told the time.
  let keepsPageblocks: Bool
  /// vm.defrag_mode.
  let keepsWholeBlocks: Bool
  /// Level of the root table: 3 with four levels of tables, 4 with five; leaf tables have level 0.
  let rootLevel: Int
  /// Frames, their owners, and the zone that hands them out.
  package var memory: PhysicalMemory<AnyFrameAllocator, NoObserver>
  /// The bytes of the frames.
  package var contents: FrameContents
  var spaces = SlotTable<SpaceID, AddressSpace>(first: 1)
  /// Pids count from 1 and are not used again.
  var tasks = SlotTable<TaskID, Task>(first: 1, reuses: false)
  var anonymous = AnonymousObjects()
  var files = SlotTable<FileID, MachineFile>()
  var fileSystem = FileSystem()
  /// By number; 0 is the root, without a limit.
  var groups = [MemoryGroup()]
  var swap: SwapArea
  /// Blocks that the kernel has for itself.
  var kernelBlocks = KernelBlocks()
  /// Pins of each pinned frame; each is a reference.
  var pins: [FrameNumber: Int] = [:]
  /// The group of the task for which a fault or a call on files is under way: pages of files are
  /// charged to who touches them first.
  var chargedGroup: UInt16 = 0
  /// Requests for one frame that were refused after reclaim.
  var refusals: UInt64 = 0
  /// The group whose limit refused the last frame; nil when memory itself was at its end.
  var exhaustedGroup: Int?
  var reclaimer = BackgroundReclaimer()
  var compaction: Compaction
  /// The machine's time while a daemon works and `elapsed` is its own; nil at all other times.
  var daemonTime: UInt64?
  var huge: HugePageState
  /// Pages whose leaf table reclaim has emptied; given back where no operation can hold it.
  var emptiedTables: [Machine.Mapping] = []
  /// Frames of tables that went, whose host memory is not given back yet.
  var freedTables: [FrameNumber] = []
  /// Pages that count towards the commit limit (Committed_AS): those of areas that do, and of all
  /// shared anonymous memory.
  public internal(set) var committedPages = 0
  /// The page of zeros that reads of untouched anonymous memory see.
  let zeroFrame: FrameNumber
  /// Kernel half of every root table: entries 256...511.
  let kernelRoot: FrameNumber
  let cores: [Core]
  /// Address spaces made so far.
  var contextCount: UInt64 = 0
  public internal(set) var counters = MachineCounters()
  public internal(set) var log = EventLog()
  /// Simulated time since the start, ns. It never falls.
  public var clock: UInt64 {
    stamp &+ costs.walkLevel &* cores.reduce(0) { $0 &+ UInt64($1.mmu.walkReads) }
  }
  /// The part of it that the kernel knows: all but the walks of the MMUs, which count themselves.
  var elapsed: UInt64 = 0
  /// The core on which calls run that name none.
  public internal(set) var currentCore = 0

  /// A machine under one of our own allocators.
  public init(_ configuration: MachineConfiguration) {
    let frames = FrameTable(frameCount: configuration.frameCount)
    let range = FrameRange(start: FrameNumber(0), count: configuration.frameCount)
    let allocator =
      switch configuration.allocator {
      case .listBuddy: AnyFrameAllocator(ListBuddy(range, in: frames))
      case .rowBuddy: AnyFrameAllocator(RowBuddy(range, coreCount: configuration.coreCount))
      case .linux(let policy):
        AnyFrameAllocator(
          LinuxBuddy(
            range, in: frames, coreCount: configuration.coreCount, policy: policy,
            layout: configuration.zones))
      }
    self.init(configuration, frames: frames, allocator: allocator)
  }

  /// A machine under any allocator, made over `frames`.
  public init(
    _ configuration: MachineConfiguration, frames: consuming FrameTable,
    allocator: consuming AnyFrameAllocator
  ) {
    self.configuration = configuration
    costs = configuration.costs
    sharesZeroPage = configuration.sharesZeroPage
    rootLevel = configuration.geometry.levels - 1
    cores = (0..<configuration.coreCount).map { Core(index: $0, configuration) }
    memory = PhysicalMemory(
      frames: frames, allocator: allocator,
      watermarks: configuration.watermarks
        ?? ZoneSettings().watermarks(managed: configuration.frameCount),
      observer: NoObserver())
    compaction = Compaction(configuration)
    huge = HugePageState(configuration)
    if case .linux(let policy) = configuration.allocator {
      keepsWholeBlocks = policy.defragMode
    } else {
      keepsWholeBlocks = false
    }
    keepsPageblocks = memory.zone.allocator.frameClass(ofPageblock: memory.range.start) != nil
    swap = SwapArea(slots: configuration.swapPages)
    // The bytes of swap slots lie behind those of the frames.
    contents = FrameContents(
      frameCount: configuration.frameCount
        + (configuration.keepsContents ? configuration.swapPages : 0),
      keepsData: configuration.keepsContents)
    let kernel = FrameOwner(state: .pageTable, object: SpaceID.kernel.rawValue)
    guard
      let zero = memory.allocate(.base, .unmovable, owner: FrameOwner(state: .reserved)),
      let root = memory.allocate(.base, .unmovable, owner: kernel)
    else { fatalError("a machine of \(configuration.frameCount) frames is too small to start") }
    zeroFrame = zero
    kernelRoot = root
    contents.zero(zero)
    contents.prepareTable(root)
    mapKernelHalf()
    for core in cores { core.mmu.load(root: root) }
    if let pools = configuration.hugetlb {
      setHugetlbPages(.gigantic, pools.nrGiganticPages)
      setHugetlbPages(.huge, pools.nrHugepages)
    }
  }
}

extension SpaceID {
  /// Owns the tables of the kernel half.
  static let kernel = SpaceID(rawValue: 0)
}
