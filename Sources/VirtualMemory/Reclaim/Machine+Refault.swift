internal import MemoryUnits
internal import PageFrames

/// When pages of files were reclaimed, by page number (Linux's shadow entries), as the age of their
/// group then.
struct EvictionAges: Sendable {
  private var ages: [Int: UInt64] = [:]

  /// Notes an eviction. Ages further back than memory is large tell nothing, and go when they become
  /// many.
  mutating func note(_ index: Int, _ age: UInt64, frameCount: Int) {
    ages[index] = age
    if ages.count > 2 * frameCount {
      ages = ages.filter { age &- $0.value <= UInt64(frameCount) }
    }
  }

  /// Forgets the pages from `first` on, which their file has lost.
  mutating func drop(from first: Int) {
    if !ages.isEmpty { ages = ages.filter { $0.key < first } }
  }

  mutating func take(_ index: Int) -> UInt64? { ages.removeValue(forKey: index) }
}

extension Machine {
  /// The age of a group at an eviction: pages reclaimed and activated so far.
  mutating func ageAtEviction(_ group: Int) -> UInt64 {
    let age = groups[group].age
    groups[group].age &+= 1
    return age
  }

  /// A page that was reclaimed when its group had `age` is back. If fewer pages were reclaimed or
  /// activated meanwhile than the active lists hold (with the inactive list of the other side), it
  /// would have stayed on a list of that length: it starts active (Linux: workingset_refault). The side
  /// that lost it pays.
  mutating func noteRefault(_ frame: FrameNumber, evictedAt age: UInt64) {
    let group = Int(memory.frames.owner(of: frame).group)
    let isFile = Self.list(for: memory.frames.flags(of: frame)).isFile
    counters.workingsetRefault &+= 1
    let lists = groups[group].lists
    var size = lists.activeFile.count
    if isFile {
      if swap.count > 0 { size += lists.inactiveAnonymous.count + lists.activeAnonymous.count }
    } else {
      size += lists.inactiveFile.count + lists.activeAnonymous.count
    }
    let distance = groups[group].age &- age
    noteCost(group, isFile: isFile, writes: 1, rotated: 0)
    guard distance <= UInt64(size) else { return }
    groups[group].age &+= 1
    counters.workingsetActivate &+= 1
    changeLRU(frame) { $0.formUnion([.active, .workingset]) }
  }
}
