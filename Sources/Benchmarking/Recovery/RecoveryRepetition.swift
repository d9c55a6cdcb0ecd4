/// What one repetition of the recovery experiment gave.
public struct RecoveryRepetition: Codable, Hashable, Sendable {
  /// 2 MiB blocks without a live frame as a share of the ideal, at the start and after every round;
  /// blocks of which a core holds frames back are among them.
  public var curve: [Double]
  /// At the end, and proven: 2 MiB blocks that were really allocated, before what cores hold was
  /// touched, as a share of the ideal.
  public var recoveredShare: Double
  public var provenBlocks: Int
  /// Frames that cores held back at the end; they count as used.
  public var heldFrames: Int?
  /// CPU time of a free and an allocation together, over all rounds.
  public var pairNs: Double
  public var verifiedBlocks: Int

  enum CodingKeys: String, CodingKey {
    case curve
    case recoveredShare = "recovered_share"
    case provenBlocks = "proven_blocks"
    case heldFrames = "held_frames"
    case pairNs = "pair_ns"
    case verifiedBlocks = "verified_blocks"
  }
}
