import LinuxHost
import MemoryUnits

/// The words of /proc/kpageflags, a word of 64 bits per frame
/// (Documentation/admin-guide/mm/pagemap.rst; bits from 32 on from kernel-page-flags.h).
struct PageFlags: OptionSet {
  let rawValue: UInt64

  static let dirty = PageFlags(rawValue: 1 << 4)
  static let lru = PageFlags(rawValue: 1 << 5)
  static let slab = PageFlags(rawValue: 1 << 7)
  static let writeback = PageFlags(rawValue: 1 << 8)
  static let buddy = PageFlags(rawValue: 1 << 10)
  static let mapped = PageFlags(rawValue: 1 << 11)
  static let anonymous = PageFlags(rawValue: 1 << 12)
  static let swapCache = PageFlags(rawValue: 1 << 13)
  static let swapBacked = PageFlags(rawValue: 1 << 14)
  static let head = PageFlags(rawValue: 1 << 15)
  static let tail = PageFlags(rawValue: 1 << 16)
  static let hugetlb = PageFlags(rawValue: 1 << 17)
  static let unevictable = PageFlags(rawValue: 1 << 18)
  static let poisoned = PageFlags(rawValue: 1 << 19)
  static let noPage = PageFlags(rawValue: 1 << 20)
  static let huge = PageFlags(rawValue: 1 << 22)
  static let offline = PageFlags(rawValue: 1 << 23)
  static let zeroPage = PageFlags(rawValue: 1 << 24)
  static let pageTable = PageFlags(rawValue: 1 << 26)
  static let reserved = PageFlags(rawValue: 1 << 32)
  static let mlocked = PageFlags(rawValue: 1 << 33)

  /// The use of a frame, but for pages of 2 MiB, which only their whole run shows.
  var state: FrameState {
    if !isDisjoint(with: [.noPage, .reserved, .poisoned, .offline, .zeroPage]) { return .reserved }
    if contains(.buddy) { return .free }
    if contains(.slab) { return .slab }
    if contains(.pageTable) { return .pageTable }
    if contains(.hugetlb) { return .hugePage }
    // Pages that somebody has just taken off its list are user pages all the same.
    if !isDisjoint(with: [.anonymous, .swapBacked, .swapCache]) { return .movable }
    if contains(.lru) {
      return isDisjoint(with: [.dirty, .writeback, .unevictable, .mlocked])
        ? .cleanFile : .fileCache
    }
    // In a per-CPU list, or of a driver: nothing tells.
    return isEmpty ? .unknown : .unmovable
  }

  /// The states of a range of frames, reserved beyond the end of the host's memory.
  static func states(_ host: some HostView, _ frames: Range<Int>) throws(HostFileError) -> [UInt8] {
    var states: [UInt8] = []
    states.reserveCapacity(frames.count)
    // Whole 2 MiB blocks at a time, so that each is judged as a whole.
    let piece = 1 << 16
    var first = frames.lowerBound
    while first < frames.upperBound {
      let end = min((first / piece + 1) * piece, frames.upperBound)
      let bytes = try host.bytes(
        of: "/proc/kpageflags", from: UInt64(first) * 8, count: (end - first) * 8)
      let words = KernelWords(bytes).map { PageFlags(rawValue: $0) }
      append(words, first, to: &states)
      let missing = end - first - words.count
      states += repeatElement(FrameState.reserved.rawValue, count: missing)
      first = end
    }
    return states
  }

  private static func append(_ words: [PageFlags], _ first: Int, to states: inout [UInt8]) {
    var index = 0
    while index < words.count {
      let isWhole = (first + index) & 511 == 0 && index + 512 <= words.count
      if isWhole, isHugePage(words[index..<index + 512]) {
        states += repeatElement(FrameState.hugePage.rawValue, count: 512)
        index += 512
      } else {
        states.append(words[index].state.rawValue)
        index += 1
      }
    }
  }

  /// Whether an aligned block is one user page of 2 MiB, or lies in one that is larger.
  private static func isHugePage(_ words: ArraySlice<PageFlags>) -> Bool {
    guard let first = words.first, !first.isDisjoint(with: [.huge, .hugetlb]),
      first.isDisjoint(with: .zeroPage), !first.isDisjoint(with: [.head, .tail])
    else { return false }
    return words.dropFirst().allSatisfy { $0.contains(.tail) }
  }
}
