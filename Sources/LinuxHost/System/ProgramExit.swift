/// How a started program ended.
public enum ProgramExit: Hashable, Sendable {
  case exited(Int32)
  case signalled(Int32)

  /// What a shell reports for it: the status, or 128 and the signal.
  public var shellCode: Int32 {
    switch self {
    case .exited(let code): code
    case .signalled(let number): 128 + number
    }
  }
}
