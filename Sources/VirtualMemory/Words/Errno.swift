/// Why a system call failed, by Linux's numbers.
@frozen
public struct Errno: RawRepresentable, Hashable, Error, Sendable {
  public let rawValue: Int32

  @inlinable
  public init(rawValue: Int32) { self.rawValue = rawValue }

  public static let permission = Errno(rawValue: 1)
  public static let noEntry = Errno(rawValue: 2)
  public static let noProcess = Errno(rawValue: 3)
  public static let inputOutput = Errno(rawValue: 5)
  public static let badFile = Errno(rawValue: 9)
  public static let tryAgain = Errno(rawValue: 11)
  public static let noMemory = Errno(rawValue: 12)
  public static let access = Errno(rawValue: 13)
  public static let fault = Errno(rawValue: 14)
  public static let busy = Errno(rawValue: 16)
  public static let exists = Errno(rawValue: 17)
  public static let noDevice = Errno(rawValue: 19)
  public static let isDirectory = Errno(rawValue: 21)
  public static let invalid = Errno(rawValue: 22)
  public static let tooManyFiles = Errno(rawValue: 24)
  public static let fileTooLarge = Errno(rawValue: 27)
  public static let noSpace = Errno(rawValue: 28)
  public static let tooBig = Errno(rawValue: 7)
  public static let notExecutable = Errno(rawValue: 8)
  public static let overflow = Errno(rawValue: 75)
  public static let libraryBad = Errno(rawValue: 80)
  public static let notSupported = Errno(rawValue: 95)
}

extension Errno: CustomStringConvertible {
  /// Linux's name, `EINVAL`; the number where it has none here.
  public var description: String {
    switch self {
    case .permission: "EPERM"
    case .noEntry: "ENOENT"
    case .noProcess: "ESRCH"
    case .inputOutput: "EIO"
    case .badFile: "EBADF"
    case .tryAgain: "EAGAIN"
    case .noMemory: "ENOMEM"
    case .access: "EACCES"
    case .fault: "EFAULT"
    case .busy: "EBUSY"
    case .exists: "EEXIST"
    case .noDevice: "ENODEV"
    case .isDirectory: "EISDIR"
    case .invalid: "EINVAL"
    case .tooManyFiles: "EMFILE"
    case .fileTooLarge: "EFBIG"
    case .noSpace: "ENOSPC"
    case .tooBig: "E2BIG"
    case .notExecutable: "ENOEXEC"
    case .overflow: "EOVERFLOW"
    case .libraryBad: "ELIBBAD"
    case .notSupported: "EOPNOTSUPP"
    default: "errno \(rawValue)"
    }
  }
}
