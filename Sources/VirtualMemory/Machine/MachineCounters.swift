/// What has happened so far, by Linux's names in /proc/vmstat where it has them.
@frozen
public struct MachineCounters: Hashable, Sendable {
  public var pgfault: UInt64 = 0
  public var pgmajfault: UInt64 = 0
  public var pgalloc: UInt64 = 0
  public var pgfree: UInt64 = 0
  public var pgactivate: UInt64 = 0
  public var pgdeactivate: UInt64 = 0
  public var pglazyfree: UInt64 = 0
  public var pglazyfreed: UInt64 = 0
  public var pgrefill: UInt64 = 0
  public var pgscanKswapd: UInt64 = 0
  public var pgscanDirect: UInt64 = 0
  public var pgstealKswapd: UInt64 = 0
  public var pgstealDirect: UInt64 = 0
  public var pgpgin: UInt64 = 0
  public var pgpgout: UInt64 = 0
  public var pswpin: UInt64 = 0
  public var pswpout: UInt64 = 0
  public var allocstall: UInt64 = 0
  public var oomKill: UInt64 = 0
  public var kswapdWakeups: UInt64 = 0
  public var workingsetRefault: UInt64 = 0
  public var workingsetActivate: UInt64 = 0
  public var pgmigrateSuccess: UInt64 = 0
  public var pgmigrateFail: UInt64 = 0
  public var thpMigrationSuccess: UInt64 = 0
  public var thpMigrationFail: UInt64 = 0
  public var thpMigrationSplit: UInt64 = 0
  public var compactMigrateScanned: UInt64 = 0
  public var compactFreeScanned: UInt64 = 0
  public var compactIsolated: UInt64 = 0
  public var compactStall: UInt64 = 0
  public var compactFail: UInt64 = 0
  public var compactSuccess: UInt64 = 0
  public var compactDaemonWake: UInt64 = 0
  public var compactDaemonMigrateScanned: UInt64 = 0
  public var compactDaemonFreeScanned: UInt64 = 0
  public var swapReadahead: UInt64 = 0
  public var swapReadaheadHit: UInt64 = 0
  public var readahead: UInt64 = 0
  public var thpFaultAlloc: UInt64 = 0
  public var thpFaultFallback: UInt64 = 0
  public var thpFaultFallbackCharge: UInt64 = 0
  public var thpCollapseAlloc: UInt64 = 0
  public var thpCollapseAllocFailed: UInt64 = 0
  public var thpSplitPage: UInt64 = 0
  public var thpSplitPageFailed: UInt64 = 0
  public var thpDeferredSplitPage: UInt64 = 0
  public var thpSplitPmd: UInt64 = 0
  public var thpZeroPageAlloc: UInt64 = 0
  public var thpZeroPageAllocFailed: UInt64 = 0
  public var thpSwpout: UInt64 = 0
  public var thpSwpoutFallback: UInt64 = 0
  /// Remote cores interrupted for a flush, flushes of all and of single pages (Linux: nr_tlb_*).
  public var tlbRemoteFlush: UInt64 = 0
  public var tlbRemoteFlushReceived: UInt64 = 0
  public var tlbLocalFlushAll: UInt64 = 0
  public var tlbLocalFlushOne: UInt64 = 0
  // What Linux does not count.
  public var zeroPageMapped: UInt64 = 0
  public var pagesZeroed: UInt64 = 0
  public var pagesCopied: UInt64 = 0
  public var cowReused: UInt64 = 0
  public var stackGrowths: UInt64 = 0
  public var spuriousFaults: UInt64 = 0
  public var segmentationFaults: UInt64 = 0
  public var busErrors: UInt64 = 0
  public var contextSwitches: UInt64 = 0
  public var bytesCopiedByRead: UInt64 = 0
  public var bytesCopiedByWrite: UInt64 = 0

  public init() {}

  /// Every counter with its name, in the order of a vmstat listing.
  public var named: [(name: String, value: UInt64)] {
    [
      ("pgpgin", pgpgin), ("pgpgout", pgpgout), ("pswpin", pswpin), ("pswpout", pswpout),
      ("pgalloc", pgalloc), ("pgfree", pgfree), ("pgactivate", pgactivate),
      ("pgdeactivate", pgdeactivate), ("pglazyfree", pglazyfree), ("pglazyfreed", pglazyfreed),
      ("pgfault", pgfault), ("pgmajfault", pgmajfault), ("pgrefill", pgrefill),
      ("pgscan_kswapd", pgscanKswapd), ("pgscan_direct", pgscanDirect),
      ("pgsteal_kswapd", pgstealKswapd), ("pgsteal_direct", pgstealDirect),
      ("allocstall", allocstall), ("oom_kill", oomKill), ("kswapd_wakeups", kswapdWakeups),
      ("workingset_refault", workingsetRefault),
      ("workingset_activate", workingsetActivate), ("pgmigrate_success", pgmigrateSuccess),
      ("pgmigrate_fail", pgmigrateFail), ("thp_migration_success", thpMigrationSuccess),
      ("thp_migration_fail", thpMigrationFail), ("thp_migration_split", thpMigrationSplit),
      ("compact_migrate_scanned", compactMigrateScanned),
      ("compact_free_scanned", compactFreeScanned), ("compact_isolated", compactIsolated),
      ("compact_stall", compactStall), ("compact_fail", compactFail),
      ("compact_success", compactSuccess), ("compact_daemon_wake", compactDaemonWake),
      ("compact_daemon_migrate_scanned", compactDaemonMigrateScanned),
      ("compact_daemon_free_scanned", compactDaemonFreeScanned), ("swap_ra", swapReadahead),
      ("swap_ra_hit", swapReadaheadHit), ("readahead", readahead),
      ("thp_fault_alloc", thpFaultAlloc), ("thp_fault_fallback", thpFaultFallback),
      ("thp_fault_fallback_charge", thpFaultFallbackCharge),
      ("thp_collapse_alloc", thpCollapseAlloc),
      ("thp_collapse_alloc_failed", thpCollapseAllocFailed), ("thp_split_page", thpSplitPage),
      ("thp_split_page_failed", thpSplitPageFailed),
      ("thp_deferred_split_page", thpDeferredSplitPage), ("thp_split_pmd", thpSplitPmd),
      ("thp_zero_page_alloc", thpZeroPageAlloc),
      ("thp_zero_page_alloc_failed", thpZeroPageAllocFailed), ("thp_swpout", thpSwpout),
      ("thp_swpout_fallback", thpSwpoutFallback),
      ("nr_tlb_remote_flush", tlbRemoteFlush),
      ("nr_tlb_remote_flush_received", tlbRemoteFlushReceived),
      ("nr_tlb_local_flush_all", tlbLocalFlushAll), ("nr_tlb_local_flush_one", tlbLocalFlushOne),
      ("zero_page_mapped", zeroPageMapped), ("pages_zeroed", pagesZeroed),
      ("pages_copied", pagesCopied), ("cow_reused", cowReused), ("stack_growths", stackGrowths),
      ("spurious_faults", spuriousFaults), ("segmentation_faults", segmentationFaults),
      ("bus_errors", busErrors), ("context_switches", contextSwitches),
      ("bytes_copied_by_read", bytesCopiedByRead), ("bytes_copied_by_write", bytesCopiedByWrite),
    ]
  }
}
