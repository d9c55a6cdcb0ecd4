internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// The object of frames in the swap cache that no entry has mapped yet.
  static var noObject: UInt32 { .max }

  /// The frame of a slot in use: from the swap cache, or read together with neighbouring slots. The
  /// caller gets a reference beside the cache's. Whoever asks, the group is charged from which the page
  /// went to swap. Nil when there is no frame.
  mutating func swapIn(_ slot: UInt32) -> FrameNumber? {
    if let frame = swap.frame(under: slot) {
      memory.frames.addReferences(1, to: frame)
      if memory.frames.has(.readahead, frame) {
        memory.frames.clear(.readahead, of: frame)
        counters.swapReadaheadHit &+= 1
        swap.readAhead.hits += 1
      }
      return frame
    }
    let owner = FrameOwner(
      state: .movable, group: swap.group(of: slot), object: Self.noObject)
    guard let frame = allocateUserFrame(owner, [.swapBacked, .upToDate]) else { return nil }
    counters.pgmajfault &+= 1
    elapsed += costs.readPage
    readSwap(frame, slot)
    enterSwapCache(frame, slot)
    if let age = swap.takeAge(of: slot) { noteRefault(frame, evictedAt: age) }
    readAhead(around: slot)
    return frame
  }

  /// Reads the slots in use of the window around one, with the same request: at no further cost, and
  /// only into frames that need no reclaim.
  private mutating func readAhead(around slot: UInt32) {
    let window = swap.readAhead.nextWindow(slot, largest: 1 << configuration.pageCluster)
    guard window > 1 else { return }
    let start = Int(slot) & ~(window - 1)
    for neighbour in start..<min(start + window, swap.count) {
      let neighbour = UInt32(neighbour)
      guard swap.references(to: neighbour) > 0, swap.frame(under: neighbour) == nil else {
        continue
      }
      prefetchSlot(neighbour)
    }
  }

  /// Brings one slot into the swap cache ahead of its use, charged to the group from which its page
  /// went to swap; not when no frame is easily had, or when the group is at its limit.
  mutating func prefetchSlot(_ slot: UInt32) {
    let group = swap.group(of: slot)
    guard !isAtLimit(Int(group)) else { return }
    let owner = FrameOwner(state: .movable, group: group, object: Self.noObject)
    guard
      let frame = allocate(.base, owner, .movable, leaving: memory.zone.watermarks.min)
    else { return }
    enterUserFrame(frame, group, [.swapBacked, .upToDate, .readahead])
    readSwap(frame, slot)
    enterSwapCache(frame, slot)
    counters.swapReadahead &+= 1
    // Only the swap cache holds it.
    dropReference(frame)
  }

  /// The slot's frame for a page of shared memory: leaves swap for the object's cache, which gets the
  /// caller's reference.
  mutating func swapInShared(_ file: FileID, _ index: Int, _ slot: UInt32) -> CachedPage {
    guard let frame = swapIn(slot) else { return .outOfMemory }
    memory.frames.reassign(
      frame, state: .fileCache, object: file.rawValue, index: UInt64(index))
    files[file].swapped[index] = nil
    files[file].pages.insert(frame, at: index)
    swap.release(slot)
    leaveSwapCache(frame)
    memory.frames.set(.dirty, of: frame)
    return .frame(frame, wasRead: false)
  }

  /// Zeroes the bytes from `offset` on of a page of a shared object that is in swap.
  mutating func zeroSwapped(_ file: FileID, _ index: Int, from offset: Int) {
    guard let slot = files[file].swapped[index], contents.keepsData else { return }
    let zeros = [UInt8](repeating: 0, count: 4096 - offset)
    contents.store(zeros[...], place(of: slot), offset: offset)
    if let frame = swap.frame(under: slot) { contents.store(zeros[...], frame, offset: offset) }
  }

  /// Forgets pages of a shared object that are in swap.
  mutating func dropSwapped(_ file: FileID, _ range: Range<Int>) {
    guard !files[file].swapped.isEmpty else { return }
    for (index, slot) in files[file].swapped.sorted(by: { $0.key < $1.key })
    where range.contains(index) {
      files[file].swapped[index] = nil
      dropSwap(SwapEntry(slot: slot))
    }
  }
}
