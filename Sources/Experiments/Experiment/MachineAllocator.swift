public import PageFrames

/// The page-frame allocators that a simulated machine can have.
public enum MachineAllocator: RawRepresentable, Hashable, Sendable {
  case listBuddy
  case rowBuddy
  /// The model of Linux's allocator under a policy.
  case linux(LinuxPolicy)

  /// As an experiment file writes it; nil for no allocator.
  public init?(rawValue: String) {
    switch rawValue {
    case "list-buddy": self = .listBuddy
    case "row-buddy": self = .rowBuddy
    default:
      guard let policy = try? LinuxPolicy(rawValue) else { return nil }
      self = .linux(policy)
    }
  }

  public var rawValue: String {
    switch self {
    case .listBuddy: "list-buddy"
    case .rowBuddy: "row-buddy"
    case .linux(let policy): policy.text
    }
  }
}
