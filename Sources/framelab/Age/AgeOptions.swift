import ArgumentParser
import Fragmentation
import MemoryUnits

/// What `framelab age` and its child are asked for.
struct AgeOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "transhuge-stress, frag, random-half, page-cache or recorded-churn.", valueName: "name"),
    completion: .list(AgingMethod.allCases.map(\.rawValue)), transform: Self.method)
  var method = AgingMethod.frag

  @Option(
    help: ArgumentHelp(
      "Share of free memory that shall be unusable for 2 MiB pages.", valueName: "share"),
    transform: Self.share)
  var unusable = 0.5

  @Option(
    help: ArgumentHelp(
      "Share of the kept pages that shall be unmovable (default: 0%).", valueName: "share"),
    transform: Self.share)
  var unmovable = 0.0

  @Option(
    help: ArgumentHelp(
      "Share of memory that shall be free (default: what the method leaves).",
      valueName: "share"), transform: Self.share)
  var free: Double?

  @Option(help: "Memory of the machine, or what is taken of the host.", transform: Self.memory)
  var memory = ByteCount(8 << 30)

  @Option(
    help: ArgumentHelp("The heap recording of recorded-churn.", valueName: "file"),
    completion: .file(extensions: ["fltrace"]))
  var trace: String?

  @Option(help: "Which of the possible memories.")
  var seed: UInt64 = 1

  var goal: AgingGoal { AgingGoal(unusable: unusable, unmovable: unmovable, free: free) }

  /// The same options as words.
  var words: [String] {
    ["--method", method.rawValue, "--unusable", "\(unusable)", "--unmovable", "\(unmovable)"]
      + (free.map { ["--free", "\($0)"] } ?? [])
      + ["--memory", "\(memory)", "--seed", "\(seed)"]
  }

  func validate() throws {
    if method == .recordedChurn, trace == nil {
      throw ValidationError(
        "--method recorded-churn needs --trace, a heap recording such as "
          + "Workloads/clang.fltrace")
    }
    if method != .recordedChurn, trace != nil {
      throw ValidationError("--trace: only --method recorded-churn takes a recording")
    }
  }

  private static func method(_ text: String) throws -> AgingMethod {
    if let method = AgingMethod(rawValue: text) { return method }
    let names = AgingMethod.allCases.map(\.rawValue).joined(separator: ", ")
    throw ValidationError("'\(text)' is no method; expected \(names)")
  }

  /// `60%`, `0.6` or `.6`.
  private static func share(_ text: String) throws -> Double {
    if let share = AgingRequest.share(text) { return share }
    throw ValidationError("'\(text)' is no share; expected 0% to 100%, or 0 to 1")
  }

  private static func memory(_ text: String) throws -> ByteCount {
    if let bytes = ByteCount(text), (16 << 20...8 << 40).contains(bytes.rawValue) { return bytes }
    throw ValidationError("'\(text)' is no size of memory; expected 16MiB to 8TiB, such as 8GiB")
  }
}
