/// The caches of one core. A level that is nil is left out.
public struct CacheHierarchyGeometry: Hashable, Sendable {
  public var l1Data: CacheGeometry?
  public var l1Instruction: CacheGeometry?
  public var l2: CacheGeometry?
  /// Shared by several cores on a real processor; one per simulated core here.
  public var l3: CacheGeometry?

  public init(
    l1Data: CacheGeometry?, l1Instruction: CacheGeometry?, l2: CacheGeometry?, l3: CacheGeometry?
  ) {
    self.l1Data = l1Data
    self.l1Instruction = l1Instruction
    self.l2 = l2
    self.l3 = l3
  }
}
