internal import MemoryUnits
internal import PageFrames

/// What the frames of a machine hold, in frames (some lines of /proc/meminfo).
@frozen
public struct MemoryUse: Hashable, Sendable {
  public var free = 0
  public var activeAnonymous = 0
  public var inactiveAnonymous = 0
  public var activeFile = 0
  public var inactiveFile = 0
  public var unevictable = 0
  public var swapCached = 0
}

/// Slots of the swap area.
@frozen
public struct SwapUse: Hashable, Sendable {
  public var total = 0
  public var used = 0
}

extension Machine {
  public var memoryUse: MemoryUse {
    var use = MemoryUse()
    use.free = memory.freeFrames
    for group in groups {
      use.activeAnonymous += group.lists.activeAnonymous.count
      use.inactiveAnonymous += group.lists.inactiveAnonymous.count
      use.activeFile += group.lists.activeFile.count
      use.inactiveFile += group.lists.inactiveFile.count
      use.unevictable += group.lists.unevictable.count
    }
    use.swapCached = swap.cachedCount
    return use
  }

  public var swapUse: SwapUse { SwapUse(total: swap.count, used: swap.count - swap.free) }
}
