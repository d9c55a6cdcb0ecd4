/// Whatever gives memory references batch by batch: a recording, a text of another tool, a generator.
///
/// The batch is the caller's and is used again, so that reading allocates nothing per batch; what
/// consumes it is a plain loop over an array, with nothing called per reference.
public protocol AccessSource: ~Copyable {
  /// Replaces the content of `batch` by the next references, in the order in which the program made
  /// them: at least one, at most `AccessBatch.limit`. False, and an empty batch, at the end.
  ///
  /// - Throws: for input that is not what it should be; what was given before is sound.
  mutating func next(_ batch: inout [AccessRecord]) throws(TraceError) -> Bool
}

/// How references travel.
public enum AccessBatch {
  /// The most references of one batch: 16 KiB, half of a first-level cache.
  public static let limit = 1024
}
