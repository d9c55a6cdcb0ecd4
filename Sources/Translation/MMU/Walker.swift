internal import MemoryUnits

/// The page walker of one core: cr3, the page-walk caches, and what they did.
@usableFromInline
@safe
struct Walker: ~Copyable {
  var caches: PrefixStore
  /// By `flagsIndex`.
  let leafFlags: UnsafeMutablePointer<UInt16>
  private let owner: StoreMemory
  /// Where the entries of page directories lie.
  let directoryRow: Int
  var root = FrameNumber(0)
  /// The current ASID, at its place in keys.
  @usableFromInline var asid: UInt64 = 0
  let levels: Int
  let hasGiganticPages: Bool
  /// Bits above the virtual address.
  let unusedBits: Int64

  /// Walks that read one entry and changed nothing; they count in none of the others.
  var known = 0
  var walks = 0
  /// Entries read from memory.
  var reads = 0
  /// Walks that began below the root.
  var cacheHits = 0
  var accessedSets = 0
  var dirtySets = 0

  init(_ geometry: TranslationGeometry) {
    owner = StoreMemory(bytes: 2048 * 2)
    unsafe leafFlags = owner.start.bindMemory(to: UInt16.self, capacity: 2048)
    unsafe Self.fillFlags(leafFlags)
    precondition(geometry.levels == 4 || geometry.levels == 5, "4 or 5 levels of tables")
    levels = geometry.levels
    hasGiganticPages = geometry.hasGiganticPages
    unusedBits = Int64(64 - geometry.virtualBits)
    let sizes = geometry.walkCaches
    let entries = [sizes.directory, sizes.directoryPointer, sizes.level4, sizes.level5]
    var shapes: [(sets: Int, ways: Int, classes: [Int])] = []
    for (index, count) in entries.enumerated() where count > 0 {
      shapes.append((1, count, [index + 1]))
    }
    caches = PrefixStore(shapes, hints: AssociativeStore.loggedHints, logged: true)
    directoryRow = unsafe caches.classes[1].firstSlot
    // A class without a section keeps nothing: entries of other levels mean something else.
    for index in 1..<5 where entries[index - 1] == 0 { unsafe caches.classes[index].holder = -1 }
  }

  /// Whether the upper bits repeat the highest translated one.
  @inline(__always)
  func isCanonical(_ address: UInt64) -> Bool {
    let signed = Int64(bitPattern: address)
    return (signed &<< unusedBits) &>> unusedBits == signed
  }
}

/// What a walk found: the word of a TLB entry, or a fault.
struct WalkResult {
  /// `PageWord`; 0 for a fault.
  var word: UInt64
  /// The class of the page: 0, 1 or 2.
  var pageClass: Int
  var isGlobal: Bool
  var fault: FaultCode

  @inline(__always)
  init(word: UInt64, pageClass: Int, isGlobal: Bool) {
    self.word = word
    self.pageClass = pageClass
    self.isGlobal = isGlobal
    fault = []
  }

  @inline(__always)
  init(_ fault: FaultCode) {
    word = 0
    pageClass = 0
    isGlobal = false
    self.fault = fault
  }
}
