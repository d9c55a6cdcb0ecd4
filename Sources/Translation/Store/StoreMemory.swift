/// Owns the memory of an `AssociativeStore`; nobody touches this object on a hot path.
@safe
@usableFromInline
final class StoreMemory {
  /// Aligned to 64 bytes, and freed only by `deinit`.
  let start: UnsafeMutableRawPointer

  init(bytes: Int) { unsafe start = .allocate(byteCount: bytes, alignment: 64) }

  deinit { unsafe start.deallocate() }
}
