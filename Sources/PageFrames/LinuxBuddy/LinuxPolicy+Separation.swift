/// How a `LinuxBuddy` keeps frames that move and others apart beyond pageblocks.
@usableFromInline
enum LinuxSeparation: UInt8 {
  case none, region, superpageblocks
}

extension LinuxPolicy {
  /// Linux 6.18 with a region for frames that do not move, a twentieth of each zone at first: the
  /// software part of Contiguitas (Zhao et al., Contiguitas: The Pursuit of Physical Memory Contiguity in
  /// Datacenters, ISCA 2023).
  public static var contiguitas: LinuxPolicy {
    var policy = LinuxPolicy()
    policy.unmovableRegion = 5
    return policy
  }

  /// Linux 6.18 with superpageblocks of 1 GiB, clean or tainted, and `defrag_mode`, by which clean ones
  /// are tainted only when nothing could be moved out of tainted ones (Rik van Riel, 1GB superpageblock
  /// memory allocation, RFC of 2026-04-30 and 2026-05-20 on linux-mm).
  public static var superpageblocks: LinuxPolicy {
    var policy = LinuxPolicy()
    policy.superpageblockOrder = 18
    policy.defragMode = true
    return policy
  }

  /// What no kernel has, by the names that experiments and options use.
  public static var schemes: [(name: String, policy: LinuxPolicy)] {
    [("contiguitas", contiguitas), ("superpageblocks", superpageblocks)]
  }

  /// All that a policy's text may begin with.
  public static var named: [(name: String, policy: LinuxPolicy)] { bundles + schemes }

  var separation: LinuxSeparation {
    unmovableRegion > 0 ? .region : superpageblockOrder > 0 ? .superpageblocks : .none
  }

  /// The policy with what its separation takes for granted: free blocks are on the list of their
  /// pageblock's type (6.10), cores' huge pages too, and frames of a region are not lent to requests
  /// that cannot wait.
  var effective: LinuxPolicy {
    var policy = self
    guard separation != .none else { return policy }
    if policy.fallback == .movesPages { policy.fallback = .largestFirst }
    policy.pcpHugeLists = policy.pcpHugeLists == 0 ? 0 : 2
    if separation == .region { policy.highatomic = false }
    return policy
  }
}
