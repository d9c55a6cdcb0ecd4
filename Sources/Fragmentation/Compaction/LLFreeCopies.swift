public import MemoryUnits

/// LLFree's copies: the two-pointer number by which the authors of LLFree measure fragmentation.
/// Not the fewest moves: for blocks with 300 and 400 used frames it gives 112, although the same
/// number of free blocks (none) needs no move at all. `MovePlan` gives the fewest.
public enum LLFreeCopies {
  /// Sorts blocks by use and moves min(size - used[r], used[l]) frames from the emptiest block l to
  /// the fullest block r, until they meet. Every frame counts as movable, as the authors do it.
  public static func count(used: [Int], _ order: Order) -> Int {
    let size = order.frameCount
    var used = used.sorted()
    var left = 0
    var right = used.count - 1
    var copies = 0
    while left < right {
      let moved = min(size - used[right], used[left])
      copies += moved
      used[left] -= moved
      used[right] += moved
      if used[left] == 0 { left += 1 }
      if right >= left, used[right] == size { right -= 1 }
    }
    return copies
  }
}
