import MemoryUnits

/// A set-associative store with true LRU, as obvious as can be: each set is an array, most recently used
/// first.
struct ModelStore {
  struct Entry: Hashable {
    var asid: UInt16
    /// Address of the first byte that the entry covers, divided by 4096.
    var page: UInt64
    /// log2 of the 4 KiB pages that it covers.
    var bits: Int
    /// The same of the page in the tables, of which it may be a part.
    var wholeBits: Int
    var isGlobal = false
    var frame: UInt64
    var isUser = true
    var isWritable = true
    var isExecutable = true
    var isDirty = false

    func covers(_ page: UInt64, asid: UInt16) -> Bool {
      page >> UInt64(bits) == self.page >> UInt64(bits) && (isGlobal || asid == self.asid)
    }

    /// The page of which this is a part.
    var whole: Entry {
      var whole = self
      whole.bits = wholeBits
      whole.page &= ~0 << UInt64(wholeBits)
      whole.frame -= page - whole.page
      return whole
    }

    func wholeCovers(_ page: UInt64, asid: UInt16) -> Bool {
      page >> UInt64(wholeBits) == self.page >> UInt64(wholeBits)
        && (isGlobal || asid == self.asid)
    }
  }

  struct Structure {
    var sets: Int
    var ways: Int
    /// log2 sizes that it holds.
    var bits: [Int]
    var rows: [[Entry]]

    init(sets: Int, ways: Int, bits: [Int]) {
      self.sets = sets
      self.ways = ways
      self.bits = bits
      rows = Array(repeating: [], count: sets)
    }

    func row(_ page: UInt64, bits: Int) -> Int { Int(page >> UInt64(bits) & UInt64(sets - 1)) }
  }

  var structures: [Structure]
  var hits = 0
  var misses = 0

  var all: [Entry] { structures.flatMap { $0.rows.flatMap { $0 } } }

  /// The entry for a page; becomes the most recently used when `use` says so.
  mutating func find(_ page: UInt64, asid: UInt16, use: (Entry) -> Bool) -> Entry? {
    for s in structures.indices {
      for bits in structures[s].bits {
        let row = structures[s].row(page, bits: bits)
        if let index = structures[s].rows[row].firstIndex(where: {
          $0.bits == bits && $0.covers(page, asid: asid)
        }) {
          let entry = structures[s].rows[row][index]
          if use(entry) {
            structures[s].rows[row].remove(at: index)
            structures[s].rows[row].insert(entry, at: 0)
          }
          return entry
        }
      }
    }
    return nil
  }

  /// Enters a page, or the largest part around `page` that a structure holds.
  mutating func enter(_ entry: Entry, around page: UInt64) {
    let held = structures.flatMap(\.bits).filter { $0 <= entry.bits }.max()
    guard let held, let s = structures.firstIndex(where: { $0.bits.contains(held) }) else { return }
    var part = entry
    part.bits = held
    part.page = page & (~0 << UInt64(held))
    part.frame = entry.frame + (part.page - entry.page)
    let row = structures[s].row(page, bits: held)
    structures[s].rows[row].insert(part, at: 0)
    if structures[s].rows[row].count > structures[s].ways { structures[s].rows[row].removeLast() }
  }

  mutating func removeAll(_ matches: (Entry) -> Bool) {
    for s in structures.indices {
      for row in structures[s].rows.indices { structures[s].rows[row].removeAll(where: matches) }
    }
  }
}
