/// What holds for a whole area beside its place and backing; two areas merge only when all are equal.
@frozen
public struct AreaFlags: OptionSet, Hashable, Sendable {
  public let rawValue: UInt32

  @inlinable
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  public static let read = AreaFlags(rawValue: 1 << 0)
  public static let write = AreaFlags(rawValue: 1 << 1)
  public static let execute = AreaFlags(rawValue: 1 << 2)
  public static let shared = AreaFlags(rawValue: 1 << 3)
  /// mprotect may allow reading, writing, execution.
  public static let mayRead = AreaFlags(rawValue: 1 << 4)
  public static let mayWrite = AreaFlags(rawValue: 1 << 5)
  public static let mayExecute = AreaFlags(rawValue: 1 << 6)
  /// Grows towards lower addresses when touched below its start: a stack.
  public static let growsDown = AreaFlags(rawValue: 1 << 8)
  public static let locked = AreaFlags(rawValue: 1 << 13)
  /// mlock2 with MLOCK_ONFAULT: what is touched stays.
  public static let lockOnFault = AreaFlags(rawValue: 1 << 14)
  public static let sequential = AreaFlags(rawValue: 1 << 15)
  public static let random = AreaFlags(rawValue: 1 << 16)
  public static let dontCopy = AreaFlags(rawValue: 1 << 17)
  public static let noReserve = AreaFlags(rawValue: 1 << 21)
  /// Counts towards the commit limit.
  public static let account = AreaFlags(rawValue: 1 << 20)
  public static let hugeTLB = AreaFlags(rawValue: 1 << 22)
  public static let dontDump = AreaFlags(rawValue: 1 << 26)
  public static let wipeOnFork = AreaFlags(rawValue: 1 << 25)

  /// MADV_HUGEPAGE and MADV_NOHUGEPAGE.
  public static let hugePage = AreaFlags(rawValue: 1 << 29)
  public static let noHugePage = AreaFlags(rawValue: 1 << 30)

  static let accessMask: AreaFlags = [.read, .write, .execute]
  static let mayMask: AreaFlags = [.mayRead, .mayWrite, .mayExecute]

  init(_ protection: Protection) {
    self.init(rawValue: UInt32(protection.rawValue & 7))
  }

  public var protection: Protection { Protection(rawValue: Int32(rawValue & 7)) }
}
