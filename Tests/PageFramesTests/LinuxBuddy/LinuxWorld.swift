import MemoryUnits
import PageFrames
import Testing

/// `#expect` for expressions that change an allocator, which the macro cannot take apart.
func expect(
  _ condition: Bool, _ comment: Comment? = nil,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(condition, comment, sourceLocation: sourceLocation)
}

extension LinuxPolicy {
  /// A bundle with pageblocks of 2^order frames and types, whatever the size of memory.
  func small(_ order: Int, pcp: Bool = false) -> LinuxPolicy {
    var policy = self
    policy.pageblockOrder = order
    policy.pageGroupByMobility = true
    policy.pcp = pcp
    return policy
  }
}

/// Frames 0..<count under a policy.
func linuxBuddy(
  _ count: Int, _ policy: LinuxPolicy, cores: Int = 1, layout: LinuxZoneLayout? = nil,
  watermarks: Watermarks? = Watermarks.none
) -> LinuxBuddy<NoObserver> {
  LinuxBuddy(
    FrameRange(start: FrameNumber(0), count: count), in: FrameTable(frameCount: count),
    coreCount: cores, policy: policy, layout: layout, watermarks: watermarks)
}

extension LinuxBuddy where Observer == NoObserver {
  /// Takes all memory as one class, in blocks of an order, and gives them back in no list: afterwards
  /// every frame is owned.
  mutating func fill(_ order: Order, _ frameClass: FrameClass) -> Int {
    var count = 0
    while allocate(order, frameClass, core: 0) != nil { count += 1 }
    return count
  }
}
