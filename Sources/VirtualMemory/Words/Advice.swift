/// What madvise is told, with Linux's values.
@frozen
public struct Advice: RawRepresentable, Hashable, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let normal = Advice(rawValue: 0)
  public static let random = Advice(rawValue: 1)
  public static let sequential = Advice(rawValue: 2)
  public static let willNeed = Advice(rawValue: 3)
  public static let dontNeed = Advice(rawValue: 4)
  public static let free = Advice(rawValue: 8)
  public static let dontFork = Advice(rawValue: 10)
  public static let doFork = Advice(rawValue: 11)
  public static let hugePage = Advice(rawValue: 14)
  public static let noHugePage = Advice(rawValue: 15)
  public static let dontDump = Advice(rawValue: 16)
  public static let doDump = Advice(rawValue: 17)
  public static let wipeOnFork = Advice(rawValue: 18)
  public static let keepOnFork = Advice(rawValue: 19)
  public static let cold = Advice(rawValue: 20)
  public static let pageOut = Advice(rawValue: 21)
  public static let populateRead = Advice(rawValue: 22)
  public static let populateWrite = Advice(rawValue: 23)
  public static let dontNeedLocked = Advice(rawValue: 24)
  public static let collapse = Advice(rawValue: 25)
}
