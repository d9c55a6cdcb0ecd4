public import PageFrames

/// The systems that an experiment can name.
public enum SystemName: RawRepresentable, CaseIterable, Hashable, Sendable {
  /// Objects straight from the list buddy, small ones through a slab.
  case listBuddy
  /// The same from the row buddy.
  case rowBuddy
  /// The same from the model of Linux's allocator.
  case linux(LinuxPolicy)
  /// jemalloc over simulated frames, keeping address space as it does by default on Linux.
  case jemallocSimulated
  /// The same with `retain:false`.
  case jemallocSimulatedNoRetain
  /// Real allocators in child processes on this host.
  case glibc
  case jemalloc
  case jemallocHPA
  case mimalloc
  case tcmalloc

  /// Linux with its bundles of policies, of which others follow by settings.
  public static var allCases: [SystemName] {
    [.listBuddy, .rowBuddy] + LinuxPolicy.named.map { .linux($0.policy) } + named
  }

  /// Those with one name each, that are no page-frame allocator.
  private static var named: [SystemName] {
    [
      .jemallocSimulated, .jemallocSimulatedNoRetain, .glibc, .jemalloc, .jemallocHPA, .mimalloc,
      .tcmalloc,
    ]
  }

  /// As an experiment file writes it: one of `allCases`, or a policy such as
  /// `linux-6.18,defrag_mode=1`.
  public init?(rawValue: String) {
    if let system = ([.listBuddy, .rowBuddy] + Self.named).first(where: { $0.rawValue == rawValue })
    {
      self = system
    } else if let policy = try? LinuxPolicy(rawValue) {
      self = .linux(policy)
    } else {
      return nil
    }
  }

  public var rawValue: String {
    switch self {
    case .listBuddy: "list-buddy"
    case .rowBuddy: "row-buddy"
    case .linux(let policy): policy.text
    case .jemallocSimulated: "jemalloc-simulated"
    case .jemallocSimulatedNoRetain: "jemalloc-simulated-no-retain"
    case .glibc: "glibc"
    case .jemalloc: "jemalloc"
    case .jemallocHPA: "jemalloc-hpa"
    case .mimalloc: "mimalloc"
    case .tcmalloc: "tcmalloc"
    }
  }

  /// One line for `--help` and the documentation.
  public var summary: String {
    switch self {
    case .listBuddy: "the buddy allocator itself; objects below a page through a slab"
    case .rowBuddy: "the same over the row buddy, which fills the fullest 2 MiB block first"
    case .linux: "the same over the model of Linux's page allocator"
    case .jemallocSimulated: "jemalloc 5.3 over simulated frames (retain:true)"
    case .jemallocSimulatedNoRetain: "the same with retain:false"
    case .glibc: "glibc malloc in a child process"
    case .jemalloc: "jemalloc in a child process, default settings"
    case .jemallocHPA: "jemalloc in a child process with hpa:true"
    case .mimalloc: "mimalloc in a child process"
    case .tcmalloc: "tcmalloc in a child process"
    }
  }

  /// What an experiment file that names no systems gets.
  public static let defaults: [SystemName] = [.listBuddy, .jemallocSimulated, .glibc, .jemalloc]
}
