/// The systems that an experiment can name.
public enum SystemName: String, CaseIterable, Sendable {
  /// Objects straight from the list buddy, small ones through a slab.
  case listBuddy = "list-buddy"
  /// The same from the row buddy.
  case rowBuddy = "row-buddy"
  /// jemalloc over simulated frames, keeping address space as it does by default on Linux.
  case jemallocSimulated = "jemalloc-simulated"
  /// The same with `retain:false`.
  case jemallocSimulatedNoRetain = "jemalloc-simulated-no-retain"
  /// Real allocators in child processes on this host.
  case glibc
  case jemalloc
  case jemallocHPA = "jemalloc-hpa"
  case mimalloc
  case tcmalloc

  /// One line for `--help` and the documentation.
  public var summary: String {
    switch self {
    case .listBuddy: "the buddy allocator itself; objects below a page through a slab"
    case .rowBuddy: "the same over the row buddy, which fills the fullest 2 MiB block first"
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
