/// The least that a row could cost on this host: the larger of what the stack of frames takes in the
/// same pattern, and the atomic operations and cache misses that the allocator's own records ask for.
public struct Floor: Encodable, Hashable, Sendable {
  /// The stack in the same case, ns, its smallest repetition.
  public var stackNs: Double?
  /// Atomic operations, per operation of the row.
  public var atomics: Double?
  public var atomicsNs: Double?
  /// Lines that are expected not to be in the first-level cache, per operation of the row.
  public var misses: Double?
  public var missesNs: Double?
  /// The larger of `stackNs` and `atomicsNs` + `missesNs`.
  public var floorNs: Double
  /// The row's smallest repetition divided by `floorNs`.
  public var ratio: Double

  enum CodingKeys: String, CodingKey {
    case atomics, misses, ratio
    case stackNs = "stack_ns"
    case atomicsNs = "atomics_ns"
    case missesNs = "misses_ns"
    case floorNs = "floor_ns"
  }
}
