/// A step on state that threads share, after which another thread may see something new.
@frozen
public enum AtomicStep: UInt8, CaseIterable, Sendable {
  /// A plain load of shared state.
  case load
  /// A plain store to shared state.
  case store
  /// An unconditional exchange (x86: xchg).
  case exchange
  /// Fetch and add (x86: lock xadd).
  case add
  /// Fetch and or, fetch and and (x86: a compare-exchange where the old value is used).
  case mask
  /// A compare-exchange, successful or not (x86: lock cmpxchg).
  case compareExchange
  /// One turn of waiting for another thread.
  case wait
}

/// Watches the atomic steps of an allocator, each before it is taken: counts them, or gives the
/// processor away so that tests see more interleavings. Empty hooks cost nothing: allocators are
/// generic over their steps.
public protocol AtomicSteps: Sendable {
  func willTake(_ step: AtomicStep)
}

/// Watches nothing.
@frozen
public struct NoSteps: AtomicSteps {
  @inlinable
  public init() {}

  @inlinable
  @inline(__always)
  public func willTake(_ step: AtomicStep) {}
}
