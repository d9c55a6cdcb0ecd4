/// The memory of a set-associative structure with true LRU: TLBs, page-walk caches and data caches
/// are made of it.
///
/// ```
///  slots    0 1 2 3 . . . . | 8 9 ...   rows of a multiple of eight slots; a row is a set, its first
///                                       `ways` slots are used, the rest is padding
///  entries  key, mask, word
///  tags     16 bits each                of the key, for a search by vectors
///  stamps   16 bits each                the clock at the last use; smallest of a row: next victim
///  hints    slot and count, by a hash   of what is looked for, or of what an entry is for
///  log      16 bits each, by the clock  the slot that was used then
/// ```
///
/// A lookup first tries the slot of the hint, and verifies by the full key: hints and tags decide how
/// long a search takes and never what it finds. Stamps of one row are distinct. When the clock is
/// full every row's stamps become its ranks, so the order stays exact.
///
/// The row of a fully associative section is not searched for a victim: many ways take long, and a
/// vector load that meets a recent 16-bit store waits until that store has left the core. Its
/// victim is the first slot of the log whose stamp says that it was not used again.
///
/// Several structures that are searched together (for pages of different size) share one store and
/// its clock, each as a section of rows.
@safe
@usableFromInline
struct AssociativeStore: ~Copyable {
  @usableFromInline let entries: UnsafeMutablePointer<StoreEntry>
  @usableFromInline let stamps: UnsafeMutablePointer<Int16>
  @usableFromInline let hints: UnsafeMutablePointer<StoreHint>
  @usableFromInline let log: UnsafeMutablePointer<UInt16>
  /// Hints less one; a power of two less one.
  @usableFromInline let hintMask: Int
  /// The stamp of the next use, 0..<`clockEnd`.
  @usableFromInline var clock = 0
  /// Uses before the clock was last set back, less what it was set back to.
  @usableFromInline var clockBase = 0
  let tags: UnsafeMutablePointer<UInt16>
  let slotCount: Int
  let sections: [StoreSection]
  private let owner: StoreMemory

  /// The first slot and the ways of the row whose victims are found by the log; -1 and 0 for none.
  let loggedRow: Int
  let loggedWays: Int
  /// Invalid slots of that row.
  var vacancies: Int
  /// Uses of that row before this time are not the last ones of their slots.
  var logHead = 0

  /// Where the clock is set back: 32 KiB of log.
  @inlinable static var clockEnd: Int { 1 &<< 14 }
  /// An invalid slot: older than every valid one.
  @inlinable static var invalidStamp: Int16 { -1 }
  /// Padding: never the victim.
  @inlinable static var paddingStamp: Int16 { .max }

  /// - Parameter hints: a power of two; 1 for a store that is searched without them.
  init(sections: [StoreSection], hints count: Int) {
    let slots = sections.last.map { $0.firstSlot + $0.slotCount } ?? 0
    precondition(slots < 1 << 16 || count == 1, "a store too large for hints")
    // At least one row: hints point somewhere even where there are no slots.
    let capacity = max(8, slots)
    let logged = sections.first { $0.sets == 1 && $0.ways > 8 && $0.firstSlot < 1 << 16 }
    loggedRow = logged?.firstSlot ?? -1
    loggedWays = logged?.ways ?? 0
    vacancies = loggedWays
    let entryBytes = capacity * MemoryLayout<StoreEntry>.stride
    owner = StoreMemory(bytes: capacity * 4 + entryBytes + count * 4 + Self.clockEnd * 2)
    // Stamps and tags first: their rows are read as vectors and must be aligned.
    var next = unsafe owner.start
    unsafe stamps = next.bindMemory(to: Int16.self, capacity: capacity)
    unsafe next += capacity * 2
    unsafe tags = next.bindMemory(to: UInt16.self, capacity: capacity)
    unsafe next += capacity * 2
    unsafe entries = next.bindMemory(to: StoreEntry.self, capacity: capacity)
    unsafe next += entryBytes
    unsafe hints = next.bindMemory(to: StoreHint.self, capacity: count)
    unsafe next += count * 4
    unsafe log = next.bindMemory(to: UInt16.self, capacity: Self.clockEnd)
    unsafe entries.initialize(repeating: .none, count: capacity)
    unsafe tags.initialize(repeating: 0, count: capacity)
    unsafe stamps.initialize(repeating: Self.paddingStamp, count: capacity)
    unsafe hints.initialize(repeating: StoreHint(), count: count)
    unsafe log.initialize(repeating: 0, count: Self.clockEnd)
    hintMask = count - 1
    slotCount = slots
    self.sections = sections
    for section in sections {
      for row in 0..<section.sets {
        for way in 0..<section.ways {
          unsafe stamps[section.firstSlot + row * section.lanes + way] = Self.invalidStamp
        }
      }
    }
  }

  /// How often an entry was used or entered so far.
  @inlinable
  var uses: Int { clock &+ clockBase }
}
