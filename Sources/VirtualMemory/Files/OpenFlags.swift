/// The flags of open, with Linux's values; empty is O_RDONLY.
@frozen
public struct OpenFlags: OptionSet, Hashable, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let readOnly: OpenFlags = []
  public static let writeOnly = OpenFlags(rawValue: 1)
  public static let readWrite = OpenFlags(rawValue: 2)
  public static let create = OpenFlags(rawValue: 0o100)
  public static let exclusive = OpenFlags(rawValue: 0o200)
  public static let truncate = OpenFlags(rawValue: 0o1000)
  public static let append = OpenFlags(rawValue: 0o2000)
  /// The descriptor does not survive exec.
  public static let closeOnExec = OpenFlags(rawValue: 0o2_000_000)

  var mayRead: Bool { rawValue & 3 != 1 }
  var mayWrite: Bool { rawValue & 3 == 1 || rawValue & 3 == 2 }
}

/// What lseek counts from, with Linux's values.
@frozen
public enum SeekOrigin: Int32, Sendable {
  case start = 0
  case current = 1
  case end = 2
}

/// What posix_fadvise is told, with Linux's values.
@frozen
public enum FileAdvice: Int32, Sendable {
  case normal = 0
  case random = 1
  case sequential = 2
  case willNeed = 3
  case dontNeed = 4
  case noReuse = 5
}

/// What fstat tells, and what only the kernel knows.
@frozen
public struct FileStatus: Hashable, Sendable {
  public var id: FileID
  /// Empty for a file without a name.
  public var name: String
  /// Length in bytes.
  public var size: Int
  /// Pages in the page cache, and those of them that the store does not have yet.
  public var cachedPages: Int
  public var dirtyPages: Int

  /// st_blocks: units of 512 bytes.
  public var blocks: Int { (size + 4095) >> 12 * 8 }
}
