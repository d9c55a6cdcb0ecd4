/// Accesses of a series that are translated together, because some of them miss.
@safe
@usableFromInline
struct AccessQueue: ~Copyable {
  /// `length` that are next, and as many behind them, of which the host's memory is told before.
  @usableFromInline let accesses: UnsafeMutablePointer<QueuedAccess>
  /// Whether many of the last ones missed: the loop over hits has a price of its own.
  @usableFromInline var isMissing = false
  private let owner: StoreMemory

  /// Enough for memory to answer before the walk, and few where most hit.
  @inlinable static var length: Int { 16 }

  init() {
    owner = StoreMemory(bytes: 2 * Self.length * MemoryLayout<QueuedAccess>.stride)
    unsafe accesses = owner.start.bindMemory(to: QueuedAccess.self, capacity: 2 * Self.length)
    unsafe accesses.initialize(
      repeating: QueuedAccess(word: 0, access: .read), count: 2 * Self.length)
  }
}

/// One access, and in its place the result.
@frozen
@usableFromInline
struct QueuedAccess {
  /// The address; after the translation what `Translated` holds.
  @usableFromInline var word: UInt64
  @usableFromInline var access: Access

  @inlinable
  init(word: UInt64, access: Access) {
    self.word = word
    self.access = access
  }
}
