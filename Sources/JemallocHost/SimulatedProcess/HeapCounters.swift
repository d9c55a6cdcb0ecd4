/// What a replay did, over all passes of an instance.
struct HeapCounters {
  var records: UInt64 = 0
  /// Objects and mappings that were asked for, and reallocations that had to move.
  var allocations: UInt64 = 0
  /// Those that got no address, or not all the frames that the program touched.
  var failedAllocations: UInt64 = 0
  /// Reallocations that stayed in place.
  var reallocationsInPlace: UInt64 = 0
}
