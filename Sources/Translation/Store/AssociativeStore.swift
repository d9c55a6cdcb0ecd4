internal import CHardware

/// The memory of a set-associative structure with true LRU: TLBs, page-walk caches and data caches
/// are made of it.
///
/// ```
///  slots        0 1 2 3 . . . . | 8 9 ...      rows of a multiple of eight slots; a row is a set, its
///  tags         16 bits each                   first `ways` slots are used, the rest is padding
///  stamps       16 bits each                   the clock at the last use; smallest of a row: next victim
///  entries      key, mask, word
///  predictions  16 bits each, by a hash of what is looked for: the slot where it was found last
/// ```
///
/// A lookup first tries the predicted slot, and verifies by the full key, so that predictions and
/// tags are hints: they decide how long a search takes and never what it finds. Stamps of one row
/// are distinct. When the 16-bit clock is full every row's stamps become its ranks, so the order stays
/// exact.
///
/// Several structures that are searched together (for pages of different size) share one store and
/// its clock, each as a section of rows.
@safe
@usableFromInline
struct AssociativeStore: ~Copyable {
  @usableFromInline let entries: UnsafeMutablePointer<StoreEntry>
  @usableFromInline let tags: UnsafeMutablePointer<UInt16>
  @usableFromInline let stamps: UnsafeMutablePointer<Int16>
  @usableFromInline let predictions: UnsafeMutablePointer<UInt16>
  /// Predictions less one; a power of two less one.
  @usableFromInline let predictionMask: Int
  /// The stamp of the next use, `firstStamp`...`lastStamp`.
  @usableFromInline var clock: Int
  /// Uses before the clock was last set back, plus what makes `uses` their sum.
  @usableFromInline var clockBase: Int
  let slotCount: Int
  /// Slots of a row by section: where the sections begin and how long their rows are.
  let sections: [StoreSection]
  private let owner: StoreMemory

  /// An invalid slot: older than every valid one.
  @inlinable static var invalidStamp: Int16 { .min }
  /// Padding: never the victim.
  @inlinable static var paddingStamp: Int16 { .max }
  @inlinable static var firstStamp: Int { Int(Int16.min) + 1 }
  @inlinable static var lastStamp: Int { Int(Int16.max) - 1 }

  /// - Parameter predictions: a power of two.
  init(sections: [StoreSection], predictions count: Int) {
    let slots = sections.last.map { $0.firstSlot + $0.slotCount } ?? 0
    // One more slot than there are: predictions point somewhere even where there are none.
    let capacity = (slots + 8) & ~7
    precondition(capacity <= 1 << 16 || count == 1, "a store too large for predictions")
    let entryBytes = capacity * MemoryLayout<StoreEntry>.stride
    owner = StoreMemory(bytes: entryBytes + capacity * 4 + count * 2)
    let memory = unsafe owner.start
    unsafe entries = memory.bindMemory(to: StoreEntry.self, capacity: capacity)
    unsafe tags = (memory + entryBytes).bindMemory(to: UInt16.self, capacity: capacity)
    unsafe stamps = (memory + entryBytes + capacity * 2)
      .bindMemory(to: Int16.self, capacity: capacity)
    unsafe predictions = (memory + entryBytes + capacity * 4)
      .bindMemory(to: UInt16.self, capacity: count)
    unsafe entries.initialize(repeating: .none, count: capacity)
    unsafe tags.initialize(repeating: 0, count: capacity)
    unsafe stamps.initialize(repeating: Self.paddingStamp, count: capacity)
    unsafe predictions.initialize(repeating: 0, count: count)
    predictionMask = count - 1
    slotCount = slots
    self.sections = sections
    clock = Self.firstStamp
    clockBase = -Self.firstStamp
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
