/// What jemalloc asked the simulated kernel for.
struct KernelCounters {
  /// Extents mapped (hook alloc).
  var mapCalls: UInt64 = 0
  /// Extents unmapped (hook dalloc with retain:false).
  var unmapCalls: UInt64 = 0
  /// Purges of dirty pages (hook purge_forced).
  var purges: UInt64 = 0
  /// Frames that came back by purges and unmapping.
  var purgedPages: UInt64 = 0
  var splits: UInt64 = 0
  var merges: UInt64 = 0
}
