/// What a foreign recording leaves open and the reader has to be told.
public struct ForeignOptions: Hashable, Sendable {
  /// For heaptrack files without pointers.
  public var pairing: ObjectPairing
  /// Distance between events where a file has no times, ns.
  public var eventSpacingNs: UInt64
  /// Length of the process that is drawn from a size table, ns.
  public var durationNs: UInt64
  /// Seed of that process.
  public var seed: UInt64

  public init(
    pairing: ObjectPairing = .fifo, eventSpacingNs: UInt64 = 1000,
    durationNs: UInt64 = 10_000_000_000, seed: UInt64 = 1
  ) {
    self.pairing = pairing
    self.eventSpacingNs = eventSpacingNs
    self.durationNs = durationNs
    self.seed = seed
  }
}

/// Which object of an allocation class a free means, when the file does not say. The two are the
/// extremes of what the program can have done; a result that holds under both does not depend on it.
public enum ObjectPairing: String, CaseIterable, Sendable {
  /// The oldest object of the class.
  case fifo
  /// The youngest object of the class.
  case lifo
}
