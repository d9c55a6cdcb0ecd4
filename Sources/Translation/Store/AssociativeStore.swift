/// The memory of a set-associative structure with true LRU: TLBs, page-walk caches and the cache of the
/// small machine are made of it.
///
/// ```
///  slots    0 1 2 3 . . . . | 8 9 ...   rows of a multiple of eight slots; a row is a set, its first
///                                       `ways` slots are used, the rest is padding
///  entries  key, mask, word
///  tags     16 bits each                of the key, for a search by vectors
///  newer    16 bits each                the way of the row that was used next after this one
///  older    16 bits each                the way that was used last before it
///  heads    16 bits per row             the way that was used last of all
///  stamps   16 bits each, logged only   the clock at the last use
///  log      16 bits each, logged only   by the clock: the slot that was used then
///  hints    slot and count, by a hash   of what is looked for, or of what an entry is for
/// ```
///
/// A lookup first tries the slot of the hint, and verifies by the full key: hints and tags decide how
/// long a search takes and never what it finds.
///
/// The ways of a row form a ring in the order of their use: the head was used last, and what is newer
/// than the head is the oldest of all, the next victim. So a new entry costs one step of the head, and
/// nothing is searched. Invalid slots lie at the old end.
///
/// Where hits must be cheap, a first section of one row keeps a log in place of the ring: a hit writes
/// the slot into the log and the time into its stamp, and the next victim is the first slot of the log
/// whose stamp says that it was not used again. When the log is full it begins anew with the slots in
/// their order (`rankStamps`), so the order stays exact.
///
/// Several structures that are searched together (for pages of different size) share one store, each
/// as a section of rows.
@safe
@usableFromInline
struct AssociativeStore: ~Copyable {
  @usableFromInline let entries: UnsafeMutablePointer<StoreEntry>
  @usableFromInline let newer: UnsafeMutablePointer<UInt16>
  @usableFromInline let older: UnsafeMutablePointer<UInt16>
  /// By the row's first slot / 8.
  @usableFromInline let heads: UnsafeMutablePointer<UInt16>
  /// The first slot of a slot's row, by slot / 8.
  @usableFromInline let rows: UnsafeMutablePointer<UInt32>
  @usableFromInline let hints: UnsafeMutablePointer<StoreHint>
  /// Hints less one; a power of two less one.
  @usableFromInline let hintMask: Int
  @usableFromInline let stamps: UnsafeMutablePointer<Int16>
  @usableFromInline let log: UnsafeMutablePointer<UInt16>
  /// Slots below this one have their order of use in the log, all others in rings.
  let loggedSlots: Int
  /// Whether that is all slots.
  @usableFromInline let isLogged: Bool
  /// The time of the next use in the log, below `clockEnd`.
  @usableFromInline var clock = 0
  /// Uses of the log before it began anew, less the time at which it did.
  var clockBase = 0
  /// Uses in the log before this time are not the last ones of their slots.
  var logHead = 0
  /// Uses of entries that were found; with a log, only those that are not in it.
  @usableFromInline var ringHits = 0
  /// Entries written, with a log.
  var entered = 0
  let tags: UnsafeMutablePointer<UInt16>
  let slotCount: Int
  let sections: [StoreSection]
  private let owner: StoreMemory

  /// Where the log ends: 32 KiB.
  @inlinable static var clockEnd: Int { 1 &<< 14 }
  /// Hints of a store with a log.
  @inlinable static var loggedHints: Int { 1 &<< 12 }
  /// Where stamps begin, in 16-bit words from the log. Not a multiple of 4 KiB: a stamp that is written
  /// would delay the loads of the hint at the same place of its page.
  @inlinable static var stampsAfterLog: Int { clockEnd &+ 544 }
  /// Padding of a logged row: newer than every slot.
  static var paddingStamp: Int16 { .max }

  /// - Parameters:
  ///   - hints: a power of two; 1 for a store that is searched without them.
  ///   - logged: keep a log for the first section where that is one row.
  init(sections: [StoreSection], hints count: Int, logged: Bool = false) {
    let slots = sections.last.map { $0.firstSlot + $0.slotCount } ?? 0
    precondition(slots < 1 << 16 || count == 1, "a store too large for hints")
    // At least one row: hints point somewhere even where there are no slots.
    let capacity = max(8, slots)
    let entryBytes = capacity * MemoryLayout<StoreEntry>.stride
    let ways = sections.first?.ways ?? 0
    let hasLog =
      logged && count == Self.loggedHints && sections.first?.sets == 1 && ways <= 1024
    loggedSlots = hasLog ? sections[0].slotCount : 0
    isLogged = hasLog && sections.count == 1
    let logBytes = hasLog ? loggedSlots * 2 + Self.stampsAfterLog * 2 : 0
    let hintBytes = (count * 4 + 63) & ~63
    owner = StoreMemory(
      bytes: hintBytes + logBytes + capacity * 6 + entryBytes + capacity / 8 * 6)
    // Hints, log and stamps have fixed distances, so that a loop needs one register for all three;
    // stamps and tags are read as vectors and must be aligned.
    var next = unsafe owner.start
    unsafe hints = next.bindMemory(to: StoreHint.self, capacity: count)
    unsafe next += hintBytes
    unsafe log = next.bindMemory(to: UInt16.self, capacity: Self.clockEnd)
    if hasLog { unsafe next += Self.stampsAfterLog * 2 }
    unsafe stamps = next.bindMemory(to: Int16.self, capacity: loggedSlots)
    unsafe next += loggedSlots * 2
    unsafe tags = next.bindMemory(to: UInt16.self, capacity: capacity)
    unsafe next += capacity * 2
    unsafe newer = next.bindMemory(to: UInt16.self, capacity: capacity)
    unsafe next += capacity * 2
    unsafe older = next.bindMemory(to: UInt16.self, capacity: capacity)
    unsafe next += capacity * 2
    unsafe entries = next.bindMemory(to: StoreEntry.self, capacity: capacity)
    unsafe next += entryBytes
    unsafe rows = next.bindMemory(to: UInt32.self, capacity: capacity / 8)
    unsafe next += capacity / 8 * 4
    unsafe heads = next.bindMemory(to: UInt16.self, capacity: capacity / 8)
    unsafe entries.initialize(repeating: .none, count: capacity)
    unsafe tags.initialize(repeating: 0, count: capacity)
    unsafe newer.initialize(repeating: 0, count: capacity)
    unsafe older.initialize(repeating: 0, count: capacity)
    unsafe rows.initialize(repeating: 0, count: capacity / 8)
    unsafe heads.initialize(repeating: 0, count: capacity / 8)
    unsafe hints.initialize(repeating: StoreHint(), count: count)
    hintMask = count - 1
    slotCount = slots
    self.sections = sections
    for section in sections {
      for set in 0..<section.sets { link(section.firstSlot + set * section.lanes, section) }
    }
    if hasLog { startLog(ways) }
  }

  /// Invalid slots are in the log too. Before the first is room for each slot to be removed once.
  private mutating func startLog(_ ways: Int) {
    unsafe log.initialize(repeating: 0, count: Self.clockEnd)
    unsafe stamps.initialize(repeating: Self.paddingStamp, count: loggedSlots)
    for way in 0..<ways {
      unsafe stamps[way] = Int16(ways + way)
      unsafe log[ways + way] = UInt16(way)
    }
    logHead = ways
    clock = 2 * ways
    clockBase = -clock
  }

  /// How often an entry was found and used.
  var hits: Int { ringHits &+ (isLogged ? clock &+ clockBase &- entered : 0) }

  /// Makes the ring of an empty row: its ways are filled from the first one on.
  private mutating func link(_ row: Int, _ section: StoreSection) {
    let last = section.ways - 1
    for way in 0...last {
      unsafe newer[row + way] = UInt16(way == last ? 0 : way + 1)
      unsafe older[row + way] = UInt16(way == 0 ? last : way - 1)
    }
    unsafe heads[row / 8] = UInt16(last)
    for part in row / 8..<(row + section.lanes) / 8 { unsafe rows[part] = UInt32(row) }
  }
}
