internal import Foundation

/// The side of a plugin: loads it, does one task and says what came of it, a line of JSON each. Runs in
/// a process of its own, which the plugin may take with it.
package enum PluginChild {
  /// - Parameter request: a `PluginRequest` as JSON.
  package static func run(_ request: String) throws {
    let request = try JSONDecoder().decode(PluginRequest.self, from: Data(request.utf8))
    let lines = PluginOutput()
    lines.write(.progress("loading"))
    do throws(BenchmarkFault) {
      switch request.task {
      case .examine(let threads):
        lines.write(.examined(examine(request, threads: threads, lines)))
      case .measure(let plan, let merges):
        lines.write(.progress("measuring \(plan.words)"))
        lines.write(.measured(try measure(request, plan, merges: merges)))
      case .recover(let plan, let merges):
        lines.write(.progress("recovery, \(plan.words)"))
        lines.write(.recovered(try recover(request, plan, merges: merges)))
      }
    } catch {
      lines.write(.fault(error))
    }
    lines.write(.progress("the end of the process"))
    lines.write(.end)
  }

  private static func examine(
    _ request: PluginRequest, threads: Int, _ lines: PluginOutput
  ) -> PluginReport {
    var report = PluginReport(request.plugin)
    do {
      let library = try PluginLibrary(request.plugin)
      report.describe(library)
      // The parent keeps it in case that there is no end.
      lines.write(.examined(report))
      let examination = PluginExamination(library, threads: threads, seed: request.seed) {
        lines.write(.progress($0))
      }
      do throws(BenchmarkFault) {
        report.findings = try examination.run()
      } catch {
        report.fault = BenchmarkFault(error.kind, "\(error.detail), during: \(lines.progress)")
      }
    } catch {
      report.fault = error
    }
    return report
  }

  private static func recover(
    _ request: PluginRequest, _ plan: RecoveryCase, merges: Bool
  ) throws(BenchmarkFault) -> RecoveryRepetition {
    let library = try PluginLibrary(request.plugin)
    let complaint = FirstFault()
    let allocator = try ForeignAllocator(library, plan.range, coreCount: 1)
    let subject = PluginSubject(allocator, merges: merges, complaint: complaint)
    let repetition = try RecoveryRun(subject, plan, seed: request.seed).run()
    if let fault = complaint.first { throw fault }
    return repetition
  }

  private static func measure(
    _ request: PluginRequest, _ plan: BenchmarkCase, merges: Bool
  ) throws(BenchmarkFault) -> Repetition {
    let library = try PluginLibrary(request.plugin)
    let complaint = FirstFault()
    let allocator = try ForeignAllocator(library, plan.range, coreCount: plan.threads)
    let subject = PluginSubject(allocator, merges: merges, complaint: complaint)
    let repetition = try PatternRun(subject, plan, seed: request.seed).run()
    if let fault = complaint.first { throw fault }
    return repetition
  }
}
