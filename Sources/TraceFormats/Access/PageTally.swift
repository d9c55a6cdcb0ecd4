/// The distinct pages of a trace, each with the kinds of reference it had: an open hash table,
/// because a recording has hundreds of millions of references.
struct PageTally: Sendable {
  /// Page number and a set of kinds in each slot, an empty set in an empty one.
  private var pages = [UInt64](repeating: 0, count: 1024)
  private var kinds = [UInt8](repeating: 0, count: 1024)
  private(set) var count = 0

  mutating func add(_ page: UInt64, _ kind: UInt8) {
    let slot = slot(of: page)
    if kinds[slot] == 0 {
      pages[slot] = page
      count += 1
    }
    kinds[slot] |= kind
    // At most two thirds full.
    if 3 * count > 2 * pages.count { grow() }
  }

  /// Pages that had one of these kinds.
  func count(of kinds: UInt8) -> Int { self.kinds.count { $0 & kinds != 0 } }

  /// Where the page is or would be.
  private func slot(of page: UInt64) -> Int {
    let mask = pages.count - 1
    // Fibonacci hashing; the highest bits of the product are the mixed ones.
    var slot = Int(truncatingIfNeeded: (page &* 0x9e37_79b9_7f4a_7c15) >> 32) & mask
    while kinds[slot] != 0, pages[slot] != page { slot = (slot + 1) & mask }
    return slot
  }

  private mutating func grow() {
    let old = self
    pages = [UInt64](repeating: 0, count: 2 * old.pages.count)
    kinds = [UInt8](repeating: 0, count: 2 * old.kinds.count)
    for index in old.pages.indices where old.kinds[index] != 0 {
      let slot = slot(of: old.pages[index])
      pages[slot] = old.pages[index]
      kinds[slot] = old.kinds[index]
    }
  }
}
