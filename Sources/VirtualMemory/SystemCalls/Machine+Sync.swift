extension Machine {
  /// msync: writes the dirty pages of shared file mappings back.
  ///
  /// Errors: EINVAL (address not on a page, SYNC and ASYNC together), ENOMEM (holes; what is mapped is
  /// written all the same), EBUSY (INVALIDATE over a locked area).
  public mutating func msync(
    _ task: TaskID, _ address: UInt64, length: UInt64, _ flags: SyncFlags
  ) throws(Errno) {
    let space = try space(of: task)
    guard flags.rawValue & ~7 == 0, address & 4095 == 0,
      !flags.isSuperset(of: [.async, .sync])
    else { throw .invalid }
    guard length <= .max - 4095 else { return }
    let bytes = (length + 4095) & ~4095
    guard address <= .max - bytes else { throw .noMemory }
    guard bytes > 0 else { return }
    elapsed += costs.systemCall
    let range = PageRange(start: Int(address >> 12), count: Int(bytes >> 12))
    var page = range.start
    var hasHole = false
    for area in spaces[space].areas.areas(in: range) {
      if area.start > page { hasHole = true }
      if flags.contains(.invalidate), area.flags.contains(.locked) { throw .busy }
      if flags.contains(.sync), area.isShared, let file = area.file {
        let part = area.clipped(to: range)
        try syncPages(file, part.offset..<part.offset + part.count)
      }
      page = area.end
    }
    note(.systemCall("msync", page: range.start, count: range.count), task)
    if hasHole || page < range.end { throw .noMemory }
  }
}

/// The flags of msync, with Linux's values.
public struct SyncFlags: OptionSet, Hashable, Sendable {
  public let rawValue: Int32

  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let async = SyncFlags(rawValue: 1)
  public static let invalidate = SyncFlags(rawValue: 2)
  public static let sync = SyncFlags(rawValue: 4)
}
