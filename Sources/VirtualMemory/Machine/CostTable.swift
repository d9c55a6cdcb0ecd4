/// Simulated durations in ns. The defaults are from a virtual machine of two Zen 4 cores at 2.6 GHz
/// (Linux 6.18); counts are exact, times are these figures times counts.
public struct CostTable: Hashable, Sendable {
  /// Entering and leaving the kernel for a fault, without what it does.
  public var fault: UInt64 = 500
  /// Entering and leaving a system call.
  public var systemCall: UInt64 = 166
  /// Filling a page with zeros.
  public var zeroPage: UInt64 = 120
  /// Filling a page of 2 MiB with zeros.
  public var zeroHugePage: UInt64 = 160_000
  /// Copying a page.
  public var copyPage: UInt64 = 250
  /// Reading one word of a page table that is in no walk cache.
  public var walkLevel: UInt64 = 10
  /// Writing or clearing one entry and its page's counts.
  public var entry: UInt64 = 50
  /// Sending an interrupt to other cores and entering the handler there.
  public var interrupt: UInt64 = 1500
  /// Invalidating one page in a TLB.
  public var invalidatePage: UInt64 = 100
  /// Writing cr3.
  public var switchSpace: UInt64 = 200
  /// Reading or writing one page of a file's device or of swap.
  public var readPage: UInt64 = 80_000
  /// Reading one page more in the same request.
  public var readNextPage: UInt64 = 2_000
  public var writePage: UInt64 = 20_000
  /// Looking at one page during reclaim.
  public var scanPage: UInt64 = 100
  /// Looking at one frame during compaction.
  public var scanFrame: UInt64 = 10
  /// Isolating, locking and putting back a page that moves, beside its copy and entries. A page moved by
  /// direct compaction costs the host 3.2-4.1 us in all: the difference of the p50s of 2 MiB faults
  /// with and without it, over the 128 pages that it moves for each.
  public var migratePage: UInt64 = 3000

  public init() {}
}
