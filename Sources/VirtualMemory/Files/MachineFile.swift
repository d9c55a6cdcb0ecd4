internal import MemoryUnits

/// One file, or one piece of shared anonymous memory, with its cached pages (Linux's inode and
/// address_space).
struct MachineFile: Sendable {
  let id: FileID
  let name: String
  /// Nil for shared anonymous memory, whose pages go to swap.
  let store: (any FileStore)?
  /// Length in bytes.
  var size: Int
  var pages = PageCache()
  /// The areas that map it.
  var mappings = MappingIndex()
  /// Openings and areas; the file is forgotten when none is left.
  var users: Int
  /// Memory group that is charged for its pages.
  var group: UInt16
  /// Pages of shared memory that are in swap, by page number.
  var swapped: [Int: UInt32] = [:]

  init(
    id: FileID, name: String, store: (any FileStore)?, size: Int, group: UInt16
  ) {
    self.id = id
    self.name = name
    self.store = store
    self.size = size
    self.group = group
    users = 1
  }

  /// Pages that the file has, the last one perhaps in part.
  var pageCount: Int { (size + 4095) >> 12 }
}
