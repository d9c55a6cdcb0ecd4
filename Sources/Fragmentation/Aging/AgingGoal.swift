/// What aged memory is to look like.
public struct AgingGoal: Hashable, Sendable {
  /// The unusable free space index of order 9, 0...1: the share of free memory that lies in no free
  /// block of 2 MiB.
  public var unusable: Double
  /// Of the frames that the aging keeps in use, the share that nobody can move, 0...1.
  public var unmovable: Double
  /// The share of all frames that is free; nil for as much as the method leaves.
  public var free: Double?

  /// Ends the process unless all shares lie in 0...1.
  public init(unusable: Double, unmovable: Double = 0, free: Double? = nil) {
    precondition((0...1).contains(unusable), "an index outside of 0...1")
    precondition((0...1).contains(unmovable), "a share outside of 0...1")
    precondition((0...1).contains(free ?? 0), "a share outside of 0...1")
    self.unusable = unusable
    self.unmovable = unmovable
    self.free = free
  }
}
