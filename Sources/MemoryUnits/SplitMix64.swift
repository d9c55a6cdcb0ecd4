/// The generator behind every seeded choice (Steele, Lea, Flood: Fast splittable pseudorandom number
/// generators, OOPSLA 2014): the same sequence on every host and in every version.
@frozen
public struct SplitMix64: RandomNumberGenerator, Sendable {
  @usableFromInline
  var state: UInt64

  @inlinable
  public init(seed: UInt64) { state = seed }

  @inlinable
  public mutating func next() -> UInt64 {
    state &+= 0x9e37_79b9_7f4a_7c15
    var z = state
    z = (z ^ (z &>> 30)) &* 0xbf58_476d_1ce4_e5b9
    z = (z ^ (z &>> 27)) &* 0x94d0_49bb_1331_11eb
    return z ^ (z &>> 31)
  }

  /// Uniform in 0..<upperBound up to a bias below upperBound / 2^64, in one multiplication; the
  /// standard library's own method may change between versions, this one does not.
  @inlinable
  public mutating func next(upperBound: UInt64) -> UInt64 {
    next().multipliedFullWidth(by: upperBound).high
  }
}
