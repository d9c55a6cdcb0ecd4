import Foundation

/// How many sequences a run compares: 1,500 in an ordinary one, 100,000 in a long one.
enum TestRange {
  static let isLong = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] != nil
  /// The first seed and the number of sequences, for a closer look at some.
  static let first = UInt64(ProcessInfo.processInfo.environment["ORACLE_SEED"] ?? "1") ?? 1
  static let count =
    UInt64(ProcessInfo.processInfo.environment["ORACLE_COUNT"] ?? "")
    ?? (isLong ? 100_000 : 1_500)
}
