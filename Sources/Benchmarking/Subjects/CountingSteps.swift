package import PageFrames
import Synchronization

/// Counts the atomic read-modify-write operations of an allocator that is generic over its steps.
package final class CountingSteps: AtomicSteps {
  private let counted = Atomic<UInt64>(0)

  package init() {}

  package func willTake(_ step: AtomicStep) {
    switch step {
    case .exchange, .add, .mask, .compareExchange: counted.add(1, ordering: .relaxed)
    case .load, .store, .wait: break
    }
  }

  var count: UInt64 { counted.load(ordering: .relaxed) }
}
