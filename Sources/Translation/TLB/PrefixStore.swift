/// Entries for aligned parts of the virtual address space of 4 KiB << 9 * class: a TLB (classes 0, 1 and
/// 2 are its page sizes), or the page-walk caches (class 1 are entries of page directories, class 2 of
/// page-directory-pointer tables, and so on).
///
/// A key is a virtual page number (52 bits, as high as the address has them, so that an address that
/// is not canonical matches nothing) with the ASID above it.
@safe
@usableFromInline
struct PrefixStore: ~Copyable {
  @usableFromInline var store: AssociativeStore
  /// Five, behind a pointer: an array within the structure is copied where it is read.
  /// Indices are 0...4.
  let classes: UnsafeMutablePointer<PrefixClass>
  private let owner: StoreMemory
  /// Where the entries of class 0 lie.
  let small: PrefixClass
  /// How many of them there can be.
  let smallCapacity: Int
  /// Valid entries of the other classes; one more where class 0 has no section.
  var largeCount: Int
  /// Lookups that found nothing usable.
  var misses = 0
  /// Lookups that found a page of 4 KiB which the level above lacked; counted nowhere else.
  var quickHits = 0
  /// Lookups whose entry forbade the access.
  var denied = 0
  /// Whether a page was ever entered in parts, because no section holds its size.
  var hasParts = false

  /// The place of the ASID in keys and queries.
  @inlinable static var asidShift: UInt64 { 52 }
  /// The bits of a mask that a global entry leaves out.
  static var asidMask: UInt64 { 0xfff << 52 }

  /// - Parameters:
  ///   - shapes: sets and ways of structures that are searched together, with the classes each holds.
  ///   - hints: a power of two.
  ///   - logged: hits must be cheap.
  init(
    _ shapes: [(sets: Int, ways: Int, classes: [Int])], hints: Int, logged: Bool = false
  ) {
    let sections = StoreSection.laidOut(shapes.map { ($0.sets, $0.ways) })
    store = AssociativeStore(sections: sections, hints: hints, logged: logged)
    owner = StoreMemory(bytes: 5 * MemoryLayout<PrefixClass>.stride)
    unsafe classes = owner.start.bindMemory(to: PrefixClass.self, capacity: 5)
    unsafe classes.initialize(repeating: PrefixClass(), count: 5)
    for (shape, section) in zip(shapes, sections) {
      for index in shape.classes {
        precondition(unsafe classes[index].holder < 0, "two structures for one page size")
        unsafe classes[index] = PrefixClass(section: section, holder: index)
      }
    }
    small = unsafe classes[0]
    let ofSmall = zip(shapes, sections).first { shape, _ in shape.classes.contains(0) }
    smallCapacity = ofSmall.map { _, section in section.sets * section.ways } ?? 0
    largeCount = small.holder < 0 ? 1 : 0
    // What no section holds goes, in parts, to the next smaller size that one does.
    for index in 1..<5 where unsafe classes[index].holder < 0 {
      unsafe classes[index].holder = classes[index - 1].holder
    }
  }

  /// Entries that are valid now.
  var validCount: Int {
    var sum = 0
    for index in 0..<5 { unsafe sum += classes[index].valid }
    return sum
  }

  /// Lookups that found a usable entry or one that forbade the access.
  var hits: Int { store.hits + denied + quickHits }
}

/// Where the entries of one class lie.
struct PrefixClass {
  var firstSlot = 0
  var setMask: UInt64 = 0
  var setBits: UInt64 = 0
  var lanes = 8
  /// Valid entries: the search is left out where there are none.
  var valid = 0
  /// The class under which such pages are entered: their own or a smaller one; -1 for nowhere.
  var holder = -1

  init() {}

  init(section: StoreSection, holder: Int) {
    firstSlot = section.firstSlot
    setMask = UInt64(section.sets - 1)
    setBits = UInt64(section.sets.trailingZeroBitCount)
    lanes = section.lanes
    self.holder = holder
  }

  /// The first slot of the row for a page number of this class.
  @inline(__always)
  func row(_ number: UInt64) -> Int {
    firstSlot &+ Int(truncatingIfNeeded: number & setMask) &* lanes
  }

  /// Sixteen bits of what the row does not say already. The ASID is left out: global entries match
  /// under any.
  @inline(__always)
  func tag(_ number: UInt64) -> UInt16 {
    let rest = number &>> setBits
    return UInt16(truncatingIfNeeded: rest ^ (rest &>> 16))
  }
}
