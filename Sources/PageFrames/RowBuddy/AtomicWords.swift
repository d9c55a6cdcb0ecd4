public import Synchronization

/// A view of 64-bit words in a mapping that outlives it: by one writer at a time, by any reader.
@usableFromInline
protocol AtomicWords {
  var storage: UnsafeMutablePointer<Atomic<UInt64>> { get }
}

extension AtomicWords {
  @inlinable
  @inline(__always)
  func load(_ index: Int) -> UInt64 { unsafe storage[index].load(ordering: .relaxed) }

  @inlinable
  @inline(__always)
  func store(_ index: Int, _ value: UInt64) {
    unsafe storage[index].store(value, ordering: .relaxed)
  }

  /// A word as a signed number.
  @inlinable
  @inline(__always)
  func int(_ index: Int) -> Int { Int(truncatingIfNeeded: load(index)) }

  @inlinable
  @inline(__always)
  func setInt(_ index: Int, _ value: Int) { store(index, UInt64(truncatingIfNeeded: value)) }
}
