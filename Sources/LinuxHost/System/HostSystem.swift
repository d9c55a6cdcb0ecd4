/// The system calls that the recorder's parent makes, so that tests can replace any of them.
package protocol HostSystem: Sendable {
  /// CLOCK_MONOTONIC, ns.
  func monotonicNs() -> UInt64
  /// Processor time of the calling thread, ns.
  func processorNs() -> UInt64
  /// The cycle counter.
  func cycles() -> UInt64
  func sleep(ns: UInt64)
  /// The whole content of a file, also of one whose size the kernel does not tell; nil when it cannot
  /// be read.
  func contents(of path: String) -> [UInt8]?
  /// The names in a folder; empty when it cannot be read.
  func names(in folder: String) -> [String]
  /// Starts a program with the given variables in its environment beside those of this process.
  func start(command: [String], variables: [String: String]) throws(HostError) -> Int32
  /// How a child ended; nil while it runs.
  func ended(child: Int32) -> ProgramExit?
  func send(signal: Int32, to process: Int32)
  /// Whether the process exists and is no zombie.
  func isAlive(_ process: Int32) -> Bool
}
