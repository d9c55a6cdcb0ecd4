/// The flags of mmap, with Linux's values on x86-64.
@frozen
public struct MapFlags: OptionSet, Hashable, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let shared = MapFlags(rawValue: 0x01)
  public static let `private` = MapFlags(rawValue: 0x02)
  public static let sharedValidate = MapFlags(rawValue: 0x03)
  public static let fixed = MapFlags(rawValue: 0x10)
  public static let anonymous = MapFlags(rawValue: 0x20)
  public static let growsDown = MapFlags(rawValue: 0x0100)
  public static let denyWrite = MapFlags(rawValue: 0x0800)
  public static let locked = MapFlags(rawValue: 0x2000)
  public static let noReserve = MapFlags(rawValue: 0x4000)
  public static let populate = MapFlags(rawValue: 0x8000)
  public static let nonBlock = MapFlags(rawValue: 0x1_0000)
  public static let stack = MapFlags(rawValue: 0x2_0000)
  public static let hugeTLB = MapFlags(rawValue: 0x4_0000)
  public static let fixedNoReplace = MapFlags(rawValue: 0x10_0000)
  /// With `hugeTLB`; alone they are ignored, as in Linux.
  public static let huge2MB = MapFlags(rawValue: 21 << 26)
  public static let huge1GB = MapFlags(rawValue: 30 << 26)

  static let typeMask = MapFlags(rawValue: 0x0f)
}

/// The flags of mremap, with Linux's values.
@frozen
public struct RemapFlags: OptionSet, Hashable, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let mayMove = RemapFlags(rawValue: 1)
  public static let fixed = RemapFlags(rawValue: 2)
  public static let dontUnmap = RemapFlags(rawValue: 4)
}
