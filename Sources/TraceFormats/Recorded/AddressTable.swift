/// Which live object is at which address: a hash table of 16-byte entries with linear probing, at most
/// half full, in which a removal moves later entries back so that no markers are left behind.
///
/// Two random memory accesses per event are what merging costs, so the entries are one piece of
/// memory, reached through a pointer that this type owns; every index is masked to the capacity.
@safe
struct AddressTable: ~Copyable {
  private struct Entry {
    /// 0 in an empty entry: no object is at address 0.
    var address: UInt64
    var slot: UInt64
  }

  private var entries: UnsafeMutablePointer<Entry>
  private var mask: Int
  private var shift: UInt64
  private(set) var count = 0

  init() {
    let capacity = 1 << 12
    unsafe entries = Self.allocate(capacity)
    mask = capacity - 1
    shift = 64 - 12
  }

  deinit { unsafe entries.deallocate() }

  /// The slot of the object at `address`, or nil.
  @inline(__always)
  func slot(at address: UInt64) -> UInt32? {
    var index = home(address)
    while true {
      let entry = unsafe entries[index]
      if entry.address == 0 { return nil }
      if entry.address == address { return UInt32(truncatingIfNeeded: entry.slot) }
      index = (index &+ 1) & mask
    }
  }

  /// `address` is not 0 and not in the table.
  @inline(__always)
  mutating func insert(_ address: UInt64, slot: UInt32) {
    if 2 * (count + 1) > mask { grow() }
    var index = home(address)
    while unsafe entries[index].address != 0 { index = (index &+ 1) & mask }
    unsafe entries[index] = Entry(address: address, slot: UInt64(slot))
    count &+= 1
  }

  /// Takes the object at `address` out of the table; nil when there is none.
  @inline(__always)
  mutating func remove(_ address: UInt64) -> UInt32? {
    if address == 0 { return nil }
    var index = home(address)
    while true {
      let entry = unsafe entries[index]
      if entry.address == address {
        close(gap: index)
        count &-= 1
        return UInt32(truncatingIfNeeded: entry.slot)
      }
      if entry.address == 0 { return nil }
      index = (index &+ 1) & mask
    }
  }

  /// Moves back every entry behind the gap that could not be found any more.
  @inline(__always)
  private mutating func close(gap start: Int) {
    var gap = start
    var index = (gap &+ 1) & mask
    while true {
      let entry = unsafe entries[index]
      if entry.address == 0 { break }
      // The distance from its home, going round, tells whether the gap lies on the entry's way.
      if ((index &- home(entry.address)) & mask) >= ((index &- gap) & mask) {
        unsafe entries[gap] = entry
        gap = index
      }
      index = (index &+ 1) & mask
    }
    unsafe entries[gap].address = 0
  }

  @inline(__always)
  private func home(_ address: UInt64) -> Int {
    // Fibonacci hashing: the high bits of the product depend on all bits of the address.
    Int(truncatingIfNeeded: (address &* 0x9E37_79B9_7F4A_7C15) &>> shift)
  }

  @inline(never)
  private mutating func grow() {
    let old = unsafe entries
    let oldCapacity = mask + 1
    unsafe entries = Self.allocate(2 * oldCapacity)
    mask = 2 * oldCapacity - 1
    shift -= 1
    for index in 0..<oldCapacity {
      let entry = unsafe old[index]
      if entry.address == 0 { continue }
      var place = home(entry.address)
      while unsafe entries[place].address != 0 { place = (place &+ 1) & mask }
      unsafe entries[place] = entry
    }
    unsafe old.deallocate()
  }

  private static func allocate(_ capacity: Int) -> UnsafeMutablePointer<Entry> {
    let memory = UnsafeMutablePointer<Entry>.allocate(capacity: capacity)
    unsafe memory.initialize(repeating: Entry(address: 0, slot: 0), count: capacity)
    return unsafe memory
  }
}
