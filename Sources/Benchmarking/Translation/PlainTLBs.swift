/// The two TLB levels of zen4 for 4 KiB pages as arrays in the order of use: what the counts of a sample
/// must be.
struct PlainTLBs {
  private var first: [UInt64] = []
  private var second = [[UInt64]](repeating: [], count: 128)
  private(set) var firstMisses = 0
  private(set) var secondMisses = 0
  /// Pages that a write made dirty; a clean entry does not serve a write.
  private var dirty: Set<UInt64> = []
  private var dirtyInFirst: Set<UInt64> = []
  private var dirtyInSecond: Set<UInt64> = []

  mutating func access(_ page: UInt64, isWrite: Bool) {
    if let place = first.firstIndex(of: page) {
      first.remove(at: place)
      if !isWrite || dirtyInFirst.contains(page) {
        first.insert(page, at: 0)
        return
      }
    }
    firstMisses += 1
    let row = Int(page & 127)
    var serves = false
    if let place = second[row].firstIndex(of: page) {
      second[row].remove(at: place)
      serves = !isWrite || dirtyInSecond.contains(page)
    }
    if !serves {
      secondMisses += 1
      if isWrite { dirty.insert(page) }
      if dirty.contains(page) { dirtyInSecond.insert(page) } else { dirtyInSecond.remove(page) }
    }
    second[row].insert(page, at: 0)
    if second[row].count > 24 { second[row].removeLast() }
    if dirtyInSecond.contains(page) { dirtyInFirst.insert(page) } else { dirtyInFirst.remove(page) }
    first.insert(page, at: 0)
    if first.count > 72 { first.removeLast() }
  }
}
