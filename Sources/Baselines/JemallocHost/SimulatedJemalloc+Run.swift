internal import Foundation
public import Results

extension SimulatedJemalloc {
  /// Runs one repetition in a child process and waits for it.
  ///
  /// - Parameters:
  ///   - isCancelled: asked after every sample; true ends the child.
  ///   - progress: told the share done, 0 to 1, after every sample.
  /// - Throws: `CancellationError` when cancelled, else `SimulatedJemallocError`.
  public func run(
    _ request: JemallocHostRequest, isCancelled: () -> Bool = { false },
    progress: (Double) -> Void = { _ in }
  ) throws -> Repetition {
    let child = try HostChild(
      executable: executable, request: try JSONEncoder().encode(request), environment: environment)
    var last: JemallocHostLine?
    while let line = child.nextLine() {
      last = try? JSONDecoder().decode(JemallocHostLine.self, from: line)
      if case .progress(let share)? = last { progress(share) }
      if isCancelled() {
        child.terminate()
        throw CancellationError()
      }
    }
    let ending = child.wait()
    switch last {
    case .repetition(let repetition)? where ending == nil: return repetition
    case .failure(let message)?: throw SimulatedJemallocError("\(name): \(message)")
    default: throw SimulatedJemallocError("\(name) \(ending ?? "ended without a result")")
    }
  }

  private var name: String { "JemallocHost" }

  /// All that the child sees of this environment is where libraries lie: a preloaded one would be
  /// between it and jemalloc.
  private var environment: [String: String] {
    var kept = [
      "MALLOC_CONF": configuration,
      "SWIFT_DETERMINISTIC_HASHING": "1",
      "SWIFT_BACKTRACE": "enable=no",
    ]
    for name in ["PATH", "LD_LIBRARY_PATH"] {
      kept[name] = ProcessInfo.processInfo.environment[name]
    }
    return kept
  }
}
