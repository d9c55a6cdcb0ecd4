import LinuxHost

/// The real system with some of its answers replaced.
struct AlteredSystem: HostSystem {
  private let real = LinuxSystem()
  /// Contents of files that are not the host's own.
  var files: [String: String] = [:]
  /// How long every sleep lasts, instead of what was asked for.
  var sleepNs: UInt64?

  func monotonicNs() -> UInt64 { real.monotonicNs() }
  func processorNs() -> UInt64 { real.processorNs() }
  func cycles() -> UInt64 { real.cycles() }
  func sleep(ns: UInt64) { real.sleep(ns: sleepNs ?? ns) }
  func names(in folder: String) -> [String] { real.names(in: folder) }
  func ended(child: Int32) -> ProgramExit? { real.ended(child: child) }
  func send(signal: Int32, to process: Int32) { real.send(signal: signal, to: process) }
  func isAlive(_ process: Int32) -> Bool { real.isAlive(process) }

  func contents(of path: String) -> [UInt8]? {
    files[path].map { Array($0.utf8) } ?? real.contents(of: path)
  }

  func start(command: [String], variables: [String: String]) throws(HostError) -> Int32 {
    try real.start(command: command, variables: variables)
  }
}
