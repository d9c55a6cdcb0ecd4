public import MemoryUnits
public import PageFrames
public import Translation

/// What a machine is made of.
public struct MachineConfiguration: Sendable {
  /// Page frames, 4 KiB each.
  public var frameCount: Int
  public var allocator: Allocator
  /// Simulated cores, 1...64.
  public var coreCount: Int
  /// TLBs, walk caches and levels of the page tables of every core.
  public var geometry = TranslationGeometry.zen4
  /// Whether a change of cr3 keeps the translations of other address spaces.
  public var hasPCID = true
  /// Whether the bytes of data pages are kept; else only metadata moves, and loads give 0.
  public var keepsContents: Bool
  /// Nil for Linux's own for a machine of this size.
  public var watermarks: Watermarks?
  /// Pages of the swap area; 0 for none.
  public var swapPages: Int
  /// How many areas an address space may have (vm.max_map_count).
  public var maxMapCount = 65_530
  /// Pages that may be locked by one address space; nil for no limit.
  public var lockLimit: Int?
  /// vm.overcommit_memory = 0, 1 or 2.
  public var overcommit = 0
  /// Whether reads of untouched anonymous memory see one shared page of zeros, as in Linux; else every
  /// page gets a frame of its own at once, as the textbooks have it.
  public var sharesZeroPage = true
  /// Bytes around a fault on a file for which cached pages are mapped too (fault_around_bytes); one
  /// page for none.
  public var faultAroundBytes = 65_536
  /// When dirty pages of files are written back.
  public var dirtyLimits = DirtyLimits()
  /// vm.swappiness, 0...200: how readily anonymous pages are reclaimed beside those of files.
  public var swappiness = 60
  /// vm.page-cluster: a swap-in reads up to 2^pageCluster neighbouring slots.
  public var pageCluster = 3
  /// When memory is compacted.
  public var compaction = CompactionSettings()
  /// Nil for a kernel without huge pages, which refuses MADV_HUGEPAGE and its like with EINVAL.
  public var transparentHugePages: TransparentHugePages?
  /// The pools of hugetlb pages; nil for none, so that MAP_HUGETLB gets ENOMEM.
  public var hugetlb: HugetlbSettings?
  public var costs = CostTable()

  /// How memory is cut into zones and nodes under a policy of Linux; nil for one zone.
  public var zones: LinuxZoneLayout?

  /// Who hands out frames.
  public enum Allocator: RawRepresentable, CaseIterable, Hashable, Sendable {
    /// A plain buddy system with free lists.
    case listBuddy
    case rowBuddy
    /// The model of Linux's allocator.
    case linux(LinuxPolicy)

    public static var allCases: [Allocator] { [.listBuddy, .rowBuddy, .linux(.linux618)] }

    /// `list-buddy`, `row-buddy`, or a policy: `linux-6.18,defrag_mode=1`.
    public init?(rawValue: String) {
      switch rawValue {
      case "list-buddy": self = .listBuddy
      case "row-buddy": self = .rowBuddy
      default:
        guard let policy = try? LinuxPolicy(rawValue) else { return nil }
        self = .linux(policy)
      }
    }

    public var rawValue: String {
      switch self {
      case .listBuddy: "list-buddy"
      case .rowBuddy: "row-buddy"
      case .linux(let policy): policy.text
      }
    }
  }

  public init(
    frameCount: Int, allocator: Allocator = .listBuddy, coreCount: Int = 1,
    keepsContents: Bool = true, watermarks: Watermarks? = nil, swapPages: Int = 0
  ) {
    self.frameCount = frameCount
    self.allocator = allocator
    self.coreCount = coreCount
    self.keepsContents = keepsContents
    self.watermarks = watermarks
    self.swapPages = swapPages
  }

  public init(memory: ByteCount, keepsContents: Bool = true) {
    self.init(frameCount: memory.frames, keepsContents: keepsContents)
  }
}
