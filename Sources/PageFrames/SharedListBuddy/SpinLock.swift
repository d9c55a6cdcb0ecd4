import CHardware
public import Synchronization

/// A test-and-test-and-set lock: one exchange when nobody holds it, a plain store to leave. Not fair
/// and not recursive; for sections of a few hundred instructions.
@frozen
public struct SpinLock: ~Copyable, Sendable {
  @usableFromInline
  let taken = Atomic<Bool>(false)

  @inlinable
  public init() {}

  @inline(always)
  @inlinable
  public func lock() {
    if taken.exchange(true, ordering: .acquiring) { wait() }
  }

  /// Only the holder calls it.
  @inline(always)
  @inlinable
  public func unlock() { taken.store(false, ordering: .releasing) }

  /// Watches without writing, so that the holder keeps its cache line until it leaves.
  @inline(never)
  @usableFromInline
  func wait() {
    repeat {
      while taken.load(ordering: .relaxed) { framelab_pause() }
    } while taken.exchange(true, ordering: .acquiring)
  }
}
