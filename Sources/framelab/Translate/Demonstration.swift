import MemoryUnits
import Translation

/// Tables that map the one page of an address: x86-64 machines and geometries from files have none of
/// their own.
struct Demonstration: ~Copyable {
  var contents: FrameContents
  /// Words on the way to the page, the uppermost first: level (4 or 5 down to 1), table and slot.
  var path: [(level: Int, table: FrameNumber, slot: Int)] = []

  static let note =
    "This machine maps nothing by itself: the tables were made for this one page, as a process "
    + "would have them before its first access."

  static let smallNote =
    "This machine maps nothing by itself: the page was mapped for this address, and TLB and cache "
    + "are empty."

  /// Frames 1, 2, ... are tables; the page is user, writable and executable, not accessed yet.
  init(_ geometry: TranslationGeometry, _ address: UInt64, _ size: PageSize) {
    contents = FrameContents(frameCount: 8, keepsData: false)
    let last = 1 + Int(size.rawValue) / 9
    for level in (last...geometry.levels).reversed() {
      let table = FrameNumber(1 + geometry.levels - level)
      let slot = Int(address >> UInt64(12 + 9 * (level - 1))) & 511
      path.append((level, table, slot))
      var bits: EntryBits = [.present, .writable, .user]
      if level == last && level > 1 { bits.insert(.pageSize) }
      let next = level == last ? Self.page(size) : FrameNumber(table.index + 1)
      contents.setEntry(PageTableEntry(next, bits), table, slot)
    }
  }

  /// The page's first frame: any that is aligned.
  private static func page(_ size: PageSize) -> FrameNumber {
    switch size {
    case .base4KiB: FrameNumber(0x4c3a7)
    case .huge2MiB: FrameNumber(0x4c200)
    case .gigantic1GiB: FrameNumber(0x40000)
    }
  }

  /// The worksheet of an address on a small machine that maps its page.
  static func sheet(_ geometry: SmallGeometry, _ address: UInt64) -> Worksheet {
    var machine = SmallMachine(geometry)
    let frames = UInt64(1) << UInt64(max(0, geometry.physicalBits - geometry.offsetBits))
    machine.map(address >> UInt64(geometry.offsetBits), to: 0x2d & (frames - 1))
    return machine.probe(address)
  }
}
