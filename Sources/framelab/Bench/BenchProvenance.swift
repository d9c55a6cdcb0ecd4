import Foundation
import LinuxHost
import Results

/// What figures of time depend on beside the program: the processor, and what else it did.
extension Provenance {
  /// `here()` with the processor's name and the load at the start.
  static func ofBench() -> Provenance {
    var provenance = here()
    let live = LiveHost()
    provenance.host["cpu"] = processorName(live)
    provenance.host["load"] = live.line(of: "/proc/loadavg")
    return provenance
  }

  private static func processorName(_ host: LiveHost) -> String? {
    let text = (try? host.text(of: "/proc/cpuinfo")) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("model name") }
    let name = line?.split(separator: ":", maxSplits: 1).last?.split(separator: " ")
    return name?.joined(separator: " ")
  }

  /// `AMD EPYC 9654 96-Core Processor · 2 cores · Linux 6.8.0 · load 0.52 at the start`
  var hostWords: String {
    let load = host["load"]?.split(separator: " ").first
    let parts = [
      host["cpu"] ?? "unknown processor", host["cores"].map { "\($0) cores" },
      host["kernel"].map { "Linux \($0)" }, load.map { "load \($0) at the start" },
    ]
    return parts.compactMap { $0 }.joined(separator: " · ")
  }
}
