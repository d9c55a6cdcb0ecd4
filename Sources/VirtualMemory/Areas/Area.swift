/// A run of pages of one address space that are mapped alike (Linux's vm_area_struct).
public struct Area: Hashable, Sendable {
  /// First page.
  public internal(set) var start: Int
  /// The first page behind the area.
  public internal(set) var end: Int
  /// Page number of `start` within the backing: of the file, or for anonymous memory the page number
  /// that the area had when its first page came (Linux's vm_pgoff).
  public internal(set) var offset: Int
  public internal(set) var flags: AreaFlags
  /// The file that backs the area; nil for anonymous memory.
  public internal(set) var file: FileID?
  /// To which anonymous pages of the area belong; nil until the first comes.
  var anonymous: AnonymousID?

  init(
    start: Int, end: Int, offset: Int, flags: AreaFlags, file: FileID? = nil,
    anonymous: AnonymousID? = nil
  ) {
    self.start = start
    self.end = end
    self.offset = offset
    self.flags = flags
    self.file = file
    self.anonymous = anonymous
  }

  public var range: PageRange { PageRange(start: start, count: end - start) }

  /// Length in pages.
  public var count: Int { end - start }

  public var isShared: Bool { flags.contains(.shared) }

  public var isAnonymous: Bool { file == nil }

  /// Writes go to a copy of the page: private and ever writable.
  var copiesOnWrite: Bool { flags.isSuperset(of: .mayWrite) && !flags.contains(.shared) }

  /// Page number within the backing.
  func backingIndex(_ page: Int) -> Int { offset + page - start }

  /// The part of the area within `range`, which overlaps it.
  func clipped(to range: PageRange) -> Area {
    var part = self
    part.start = Swift.max(start, range.start)
    part.end = Swift.min(end, range.end)
    part.offset = offset + part.start - start
    return part
  }
}

/// Names a file of the machine, from its first mapping or opening to its last use.
@frozen
public struct FileID: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }
}

/// Names an anonymous object (Linux's anon_vma).
struct AnonymousID: RawRepresentable, Hashable, Sendable {
  let rawValue: UInt32
}
