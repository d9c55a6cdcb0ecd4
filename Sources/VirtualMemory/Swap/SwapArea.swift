internal import MemoryUnits

/// The slots of the swap area, one page each: who refers to them, and which frames hold their
/// contents (the swap cache).
///
/// A slot is in use while page-table entries or a shared object refer to it, or while a frame is in
/// the swap cache under it. Slots are handed out in ascending order within clusters of 256, wholly
/// free clusters first, so that pages reclaimed together lie together (Linux: SWAPFILE_CLUSTER).
struct SwapArea: Sendable {
  /// Slots in all.
  let count: Int
  /// Slots not in use.
  private(set) var free: Int
  /// One word per slot: bits 0...30 the references, bit 31 set while a frame holds its contents.
  private var words: ContiguousArray<UInt32>
  /// The memory group that was charged for the page in a slot when it went there.
  private var groups: ContiguousArray<UInt16>
  private var freeInCluster: ContiguousArray<Int16>
  private var cluster = 0
  private var next = 0
  /// Behind the last run of 2^i slots that was handed out.
  private var nextRun = [Int](repeating: 0, count: 10)
  /// The swap cache in both directions.
  private var frames: [UInt32: FrameNumber] = [:]
  private var slots: [FrameNumber: UInt32] = [:]
  /// When the page in a slot was reclaimed, as the age of its group.
  private var ages: [UInt32: UInt64] = [:]
  var readAhead = SwapReadAhead()

  private static var clusterSize: Int { 256 }
  private static var isCached: UInt32 { 1 << 31 }

  init(slots count: Int) {
    self.count = count
    free = count
    words = ContiguousArray(repeating: 0, count: count)
    groups = ContiguousArray(repeating: 0, count: count)
    let clusters = (count + Self.clusterSize - 1) / Self.clusterSize
    freeInCluster = ContiguousArray(
      (0..<clusters).map {
        Int16(min(Self.clusterSize, count - $0 * Self.clusterSize))
      })
  }

  /// More than half is in use: slots are not kept for pages that are in memory (Linux:
  /// vm_swap_full).
  var isScarce: Bool { free * 2 < count }

  /// Frames in the swap cache.
  var cachedCount: Int { frames.count }

  // MARK: References

  /// Entries and shared objects that refer to a slot.
  func references(to slot: UInt32) -> Int { Int(words[Int(slot)] & ~Self.isCached) }

  mutating func retain(_ slot: UInt32) { words[Int(slot)] += 1 }

  /// Takes one reference away.
  mutating func release(_ slot: UInt32) {
    guard references(to: slot) > 0 else { fatalError("a swap slot without references: \(slot)") }
    words[Int(slot)] -= 1
    freeIfUnused(slot)
  }

  private mutating func freeIfUnused(_ slot: UInt32) {
    guard words[Int(slot)] == 0 else { return }
    free += 1
    ages[slot] = nil
    freeInCluster[Int(slot) / Self.clusterSize] += 1
  }

  mutating func setAge(_ age: UInt64, of slot: UInt32) {
    if words[Int(slot)] != 0 { ages[slot] = age }
  }

  /// The age that was set last, once.
  mutating func takeAge(of slot: UInt32) -> UInt64? { ages.removeValue(forKey: slot) }

  // MARK: The swap cache

  func frame(under slot: UInt32) -> FrameNumber? { frames[slot] }

  /// The slot of a frame that is in the swap cache.
  func slot(of frame: FrameNumber) -> UInt32? { slots[frame] }

  /// Puts a frame into the swap cache under a slot, a fresh one or one in use.
  mutating func enter(_ frame: FrameNumber, _ slot: UInt32) {
    words[Int(slot)] |= Self.isCached
    frames[slot] = frame
    slots[frame] = slot
  }

  /// Takes a frame out of the swap cache; a slot without references is free then.
  mutating func leave(_ frame: FrameNumber) {
    guard let slot = slots.removeValue(forKey: frame) else {
      fatalError("a frame that is not in the swap cache: \(frame.index)")
    }
    frames[slot] = nil
    words[Int(slot)] &= ~Self.isCached
    freeIfUnused(slot)
  }

  /// Another frame takes the place of one in the swap cache.
  mutating func replace(_ old: FrameNumber, with new: FrameNumber) {
    guard let slot = slots.removeValue(forKey: old) else { return }
    frames[slot] = new
    slots[new] = slot
  }

  // MARK: Slots

  /// The memory group that is charged when the page in a slot comes back (Linux: swap_cgroup).
  func group(of slot: UInt32) -> UInt16 { groups[Int(slot)] }

  /// A free slot for a page of a memory group, to which nothing refers yet: `enter` or `retain` must
  /// follow. Nil when all are in use.
  mutating func allocate(for group: UInt16) -> UInt32? {
    guard free > 0 else { return nil }
    if freeInCluster[cluster] == 0 { chooseCluster() }
    let start = cluster * Self.clusterSize
    let end = min(start + Self.clusterSize, count)
    var slot = max(next, start)
    while slot < end, words[slot] != 0 { slot += 1 }
    if slot == end {
      slot = start
      while words[slot] != 0 { slot += 1 }
    }
    next = slot + 1
    free -= 1
    freeInCluster[cluster] -= 1
    groups[slot] = group
    return UInt32(slot)
  }

  /// The first of `count` free slots in a row, aligned to `count`, a power of two up to 512: behind the last
  /// such run, then from the start. Nil when there is no such run; `retain` must follow for each slot.
  mutating func allocateRun(_ count: Int, for group: UInt16) -> UInt32? {
    let size = count.trailingZeroBitCount
    guard free >= count,
      let start = freeRun(count, nextRun[size]..<self.count) ?? freeRun(count, 0..<nextRun[size])
    else { return nil }
    for slot in start..<start + count {
      groups[slot] = group
      freeInCluster[slot / Self.clusterSize] -= 1
    }
    free -= count
    nextRun[size] = start + count
    return UInt32(start)
  }

  /// The first free run of an aligned size whose first slot is in `slots`, which begins at a multiple of it.
  private func freeRun(_ count: Int, _ slots: Range<Int>) -> Int? {
    var start = slots.lowerBound
    while start < slots.upperBound, start + count <= self.count {
      let cluster = start / Self.clusterSize
      if Int(freeInCluster[cluster]) < min(count, Self.clusterSize) {
        start = max(start + count, (cluster + 1) * Self.clusterSize) & -count
        continue
      }
      let isFree =
        count > Self.clusterSize
        ? Int(freeInCluster[cluster + 1]) == Self.clusterSize
        : words[start..<start + count].allSatisfy { $0 == 0 }
      if isFree { return start }
      start += count
    }
    return nil
  }

  private mutating func chooseCluster() {
    let clusters = freeInCluster.count
    var partial = cluster
    for step in 1...clusters {
      let candidate = (cluster + step) % clusters
      let size = min(Self.clusterSize, count - candidate * Self.clusterSize)
      if Int(freeInCluster[candidate]) == size {
        cluster = candidate
        next = 0
        return
      }
      if freeInCluster[candidate] > 0, freeInCluster[partial] == 0 { partial = candidate }
    }
    cluster = partial
    next = 0
  }

  // MARK: Checks

  /// The first slot whose counts do not hold, given what walks over all tables and objects have found;
  /// nil when all do.
  func firstFault(_ found: [UInt32: Int]) -> Int? {
    var used = 0
    for slot in 0..<count {
      let number = UInt32(slot)
      if references(to: number) != found[number, default: 0] { return slot }
      let isCached = words[slot] & Self.isCached != 0
      if isCached != (frames[number] != nil) { return slot }
      if let frame = frames[number], slots[frame] != number { return slot }
      if words[slot] != 0 { used += 1 }
    }
    if used + free != count || frames.count != slots.count { return count }
    return nil
  }

  /// Every frame in the swap cache with its slot, by slot.
  var cached: [(slot: UInt32, frame: FrameNumber)] {
    frames.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
  }
}
