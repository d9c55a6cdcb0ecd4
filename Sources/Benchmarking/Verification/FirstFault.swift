import Synchronization

/// The first wrong thing that code on any thread could only note.
package final class FirstFault: Sendable {
  private let fault = Mutex<BenchmarkFault?>(nil)

  package init() {}

  package var first: BenchmarkFault? { fault.withLock { $0 } }

  @inline(never)
  func note(_ new: BenchmarkFault) { fault.withLock { $0 = $0 ?? new } }
}
