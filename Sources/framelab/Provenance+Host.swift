import Foundation
import LinuxHost
import Results

extension Provenance {
  /// What this process knows of itself and of its host. Command-line arguments are those of framelab
  /// itself, never of a recorded program.
  static func here() -> Provenance {
    var command = CommandLine.arguments
    if !command.isEmpty { command[0] = "framelab" }
    var host: [String: String] = [
      "cores": "\(ProcessInfo.processInfo.activeProcessorCount)",
      "memory_bytes": "\(ProcessInfo.processInfo.physicalMemory)",
    ]
    let live = LiveHost()
    host["kernel"] = live.line(of: "/proc/sys/kernel/osrelease")
    host["transparent_hugepage"] = live.line(of: "/sys/kernel/mm/transparent_hugepage/enabled")
    return Provenance(
      version: Version.text, command: command, startedAt: Date.now.formatted(.iso8601), host: host)
  }
}
