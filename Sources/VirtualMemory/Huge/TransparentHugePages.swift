public import MemoryUnits

/// What /sys/kernel/mm/transparent_hugepage says, under Linux's names and with Linux's defaults.
public struct TransparentHugePages: Hashable, Sendable {
  /// Which areas get huge pages.
  public var enabled: Enabled
  /// How hard a fault tries to get one.
  public var defrag: Defrag
  /// Whether a first read maps a shared huge page of zeros.
  public var useZeroPage: Bool
  /// Sizes of folios beside and below 2 MiB.
  public var sizes = HugePageSizes()
  public var khugepaged: Khugepaged

  public enum Enabled: String, CaseIterable, Sendable {
    case always, madvise, never
  }

  public enum Defrag: String, CaseIterable, Sendable {
    case always
    case `defer`
    case deferMadvise = "defer+madvise"
    case madvise
    case never
  }

  /// The directory khugepaged below it.
  public struct Khugepaged: Hashable, Sendable {
    /// Whether it reclaims and compacts for a huge page.
    public var defrag = true
    /// Pages that one turn looks at.
    public var pagesToScan = pagesToScanParameter.defaultValue
    public var scanSleepMillisecs = scanSleepParameter.defaultValue
    public var allocSleepMillisecs = allocSleepParameter.defaultValue
    public var maxPtesNone = maxPtesNoneParameter.defaultValue
    public var maxPtesSwap = maxPtesSwapParameter.defaultValue
    public var maxPtesShared = maxPtesSharedParameter.defaultValue

    public init() {}
  }

  public init(
    enabled: Enabled = enabledParameter.defaultValue, defrag: Defrag = defragParameter.defaultValue,
    useZeroPage: Bool = useZeroPageParameter.defaultValue, khugepaged: Khugepaged = Khugepaged()
  ) {
    self.enabled = enabled
    self.defrag = defrag
    self.useZeroPage = useZeroPage
    self.khugepaged = khugepaged
  }

  public static let enabledParameter = Parameter(
    name: "transparent_hugepage/enabled", range: "always, madvise, never",
    defaultValue: Enabled.always,
    summary: "Which anonymous areas get huge pages: all, those with MADV_HUGEPAGE, none.")

  public static let defragParameter = Parameter(
    name: "transparent_hugepage/defrag", range: "always, defer, defer+madvise, madvise, never",
    defaultValue: Defrag.madvise,
    summary: "Who reclaims and compacts for a huge page at a fault: the task, or kswapd for it.")

  public static let useZeroPageParameter = Parameter(
    name: "transparent_hugepage/use_zero_page", range: "false, true", defaultValue: true,
    summary: "Whether a first read maps a shared huge page of zeros.")
}

extension TransparentHugePages.Khugepaged {
  public static let pagesToScanParameter = Parameter(
    name: "khugepaged/pages_to_scan", range: "1 or more", defaultValue: 4096,
    summary: "Pages that khugepaged looks at in one turn.")

  public static let scanSleepParameter = Parameter(
    name: "khugepaged/scan_sleep_millisecs", unit: "ms", range: "0 or more", defaultValue: 10_000,
    summary: "Time between two turns of khugepaged.")

  public static let allocSleepParameter = Parameter(
    name: "khugepaged/alloc_sleep_millisecs", unit: "ms", range: "0 or more", defaultValue: 60_000,
    summary: "Time that khugepaged waits after it found no huge page.")

  public static let maxPtesNoneParameter = Parameter(
    name: "khugepaged/max_ptes_none", range: "0...511", defaultValue: 511,
    summary: "Pages that may be missing where khugepaged makes a huge page.")

  public static let maxPtesSwapParameter = Parameter(
    name: "khugepaged/max_ptes_swap", range: "0...511", defaultValue: 64,
    summary: "Pages that khugepaged may bring back from swap for a huge page.")

  public static let maxPtesSharedParameter = Parameter(
    name: "khugepaged/max_ptes_shared", range: "0...511", defaultValue: 256,
    summary: "Pages that other processes may share where khugepaged makes a huge page.")
}

extension TransparentHugePages {
  /// How hard a fault of an area may try for a huge page (Linux: vma_thp_gfp_mask).
  func effort(isAdvised: Bool) -> AllocationEffort {
    switch defrag {
    case .always: isAdvised ? .usual : [.wakesReclaimer, .direct, .noRetry]
    case .defer: .wakesReclaimer
    case .deferMadvise: isAdvised ? .usual : .wakesReclaimer
    case .madvise: isAdvised ? .direct : []
    case .never: []
    }
  }
}
