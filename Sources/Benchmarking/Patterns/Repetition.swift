/// What one repetition of a case gave: a mean over its operations and threads, in nanoseconds of CPU
/// time of the thread, and what was checked around it.
public struct Repetition: Codable, Hashable, Sendable {
  public var allocNs: Double?
  public var freeNs: Double?
  /// Of an allocation and a free together: their sum, or what a loop over both measured.
  public var pairNs: Double?
  public var metadataBytesPerFrame: Double?
  /// Of the allocator's records, of the harness's arrays, and of blocks that were written.
  public var bytesTouched: Int
  /// Blocks whose place was checked.
  public var verifiedBlocks: Int
  /// Of all checked addresses; two subjects that place blocks alike have the same.
  public var checksum: UInt64
  /// Atomic read-modify-write operations per operation, of a subject that counts them.
  var allocAtomics: Double?
  var freeAtomics: Double?
  var pairAtomics: Double?

  enum CodingKeys: String, CodingKey {
    case checksum
    case allocNs = "alloc_ns"
    case freeNs = "free_ns"
    case pairNs = "pair_ns"
    case metadataBytesPerFrame = "metadata_bytes_per_frame"
    case bytesTouched = "bytes_touched"
    case verifiedBlocks = "verified_blocks"
    case allocAtomics = "alloc_atomics"
    case freeAtomics = "free_atomics"
    case pairAtomics = "pair_atomics"
  }
}
