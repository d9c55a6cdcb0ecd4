/// How many neighbouring slots a swap-in reads: more while read-ahead pages are used, down to one page
/// under random access (Linux: swapin_nr_pages, __swapin_nr_pages).
struct SwapReadAhead: Sendable {
  /// Pages brought in ahead that were used since the last swap-in.
  var hits = 4
  private var previous: UInt32 = 0
  private var window = 0

  /// The window for a swap-in of `slot`: a power of two up to `largest`.
  mutating func nextWindow(_ slot: UInt32, largest: Int) -> Int {
    guard largest > 1 else { return 1 }
    let hits = self.hits
    self.hits = 0
    var pages = hits + 2
    if pages == 2 {
      // Nothing was used: only neighbours in a row are a stream.
      if slot != previous &+ 1, slot != previous &- 1 { pages = 1 }
    } else {
      var power = 4
      while power < pages { power *= 2 }
      pages = power
    }
    pages = min(pages, largest)
    pages = max(pages, window / 2)
    if hits == 0 { previous = slot }
    window = pages
    return pages
  }
}
