internal import MemoryUnits

/// One file, or one piece of shared anonymous memory, with its cached pages (Linux's inode and
/// address_space).
struct MachineFile: Sendable {
  let id: FileID
  /// Empty once the name was taken away.
  var name: String
  /// Nil for shared anonymous memory, whose pages go to swap.
  let store: (any FileStore)?
  /// Length in bytes; the store may be behind until the last page is written back.
  var size: Int
  var pages = PageCache()
  /// The areas that map it.
  var mappings = MappingIndex()
  /// Openings, areas and the name; the file is forgotten when none is left.
  var users: Int
  /// Pages of shared memory that count towards the commit limit; 0 for files with a store.
  var committedPages = 0
  /// Pages of shared memory that are in swap, by page number.
  var swapped: [Int: UInt32] = [:]
  /// Of hugetlbfs: its pages come from a pool.
  var hugetlb: HugetlbObject?
  /// When pages of it were reclaimed.
  var evictions = EvictionAges()
  /// When its oldest dirty page became so, in simulated ns.
  var dirtiedAt: UInt64 = 0
  /// Where the flusher goes on.
  var writeBackIndex = 0
  /// The last failure to write a page, counted, for those who have not been told of it.
  var failure: Errno?
  var failureCount = 0
  /// The last failure that msync reported.
  var failureReportedByMsync = 0
  /// How its mappings are read. Linux has one per opening; here all areas of a file share it.
  var readAhead = ReadAhead()

  init(id: FileID, name: String, store: (any FileStore)?, size: Int) {
    self.id = id
    self.name = name
    self.store = store
    self.size = size
    users = 1
  }

  /// Pages that the file has, the last one perhaps in part.
  var pageCount: Int { (size + 4095) >> 12 }
}
