import Benchmarking

/// A paragraph per plugin: what it can do, or the promise that it broke.
struct BenchPluginText {
  let reports: [PluginReport]

  var text: String {
    reports.map { BenchFigure.wrapped(Self.text($0)) }.joined(separator: "\n")
  }

  private static func text(_ report: PluginReport) -> String {
    let title = report.name.map { "\($0), \(report.plugin)" } ?? "\(report.plugin)"
    if let fault = report.fault {
      return "\(title): not measured. \(fault.kind.rawValue): \(fault.detail)"
    }
    var words = "\(title): interface \(report.interfaceVersion ?? "unknown")"
    if let findings = report.findings {
      words += ", \(findings.operations) operations on \(findings.threads) "
      words += findings.threads == 1 ? "thread" : "threads"
      words += " agree with a map of every frame"
    }
    let off = PluginCapabilities.known.map(\.word).filter {
      report.capabilities?.contains($0) == false
    }
    if !off.isEmpty { words += "; off: \(off.joined(separator: ", "))" }
    for note in report.findings?.notes ?? [] { words += "; \(note)" }
    return words
  }
}
