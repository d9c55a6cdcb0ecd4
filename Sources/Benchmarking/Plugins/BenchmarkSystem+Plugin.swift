import MemoryUnits

/// A plugin that is to take part, with the program that loads it.
public struct PluginBenchmark: Sendable {
  public let report: PluginReport
  private let process: PluginProcess

  /// Examines the plugin in a child process.
  /// - Parameters:
  ///   - executable: started with `arguments` and a request, it must call `PluginChild.run`.
  ///   - threads: how many the plugin will meet, if it permits threads.
  ///   - patience: seconds without a sign of life after which it hangs.
  ///   - isCancelled: asked ten times a second; `CancellationError` is thrown once it is true.
  /// - Throws: `HostError` when no child can be started, never because of the plugin.
  public init(
    _ plugin: PluginName, executable: String, arguments: [String], threads: Int,
    seed: UInt64, patience: Double, isCancelled: @escaping @Sendable () -> Bool
  ) throws {
    process = PluginProcess(
      plugin, executable: executable, arguments: arguments, patience: patience,
      isCancelled: isCancelled)
    report = try process.examine(threads: threads, seed: seed)
  }

  /// The plugin among the allocators of a run. One that failed its examination has that fault in every
  /// row and is not started again.
  public var system: BenchmarkSystem {
    let (report, process) = (report, process)
    return BenchmarkSystem(
      "plugin:\(report.plugin)", title: report.name ?? report.plugin.description,
      obstacle: { plan in plan.obstacle ?? Self.obstacle(plan, report) },
      recover: recovery
    ) { plan, seed in
      if let fault = report.fault { throw fault }
      return try process.measure(plan, merges: report.findings?.merges ?? false, seed: seed)
    }
  }

  /// Nil for one that has no blocks of 2 MiB.
  private var recovery: (@Sendable (RecoveryCase, UInt64) throws -> RecoveryRepetition)? {
    let (report, process) = (report, process)
    guard report.fault != nil || report.largestOrder ?? 0 >= Order.huge.index else { return nil }
    return { plan, seed in
      if let fault = report.fault { throw fault }
      return try process.recover(plan, merges: report.findings?.merges ?? false, seed: seed)
    }
  }

  private static func obstacle(_ plan: BenchmarkCase, _ report: PluginReport) -> String? {
    if report.fault != nil { return nil }
    if plan.order > report.largestOrder ?? 0 { return "its largest order is smaller" }
    if plan.threads > 1, report.capabilities?.contains("threads") != true {
      return "it is for one thread at a time"
    }
    return nil
  }
}
