/// The bytes of a page, as words.
final class PlainPage {
  static let zeros = [UInt64](repeating: 0, count: 512)

  var words: [UInt64]
  /// An anonymous page that a fork has shared: whoever writes gets a copy.
  var isShared = false

  init(_ words: [UInt64] = zeros) { self.words = words }

  subscript(offset: Int) -> UInt8 {
    get { UInt8(truncatingIfNeeded: words[offset / 8] &>> UInt64(offset % 8 * 8)) }
    set {
      let shift = UInt64(offset % 8 * 8)
      words[offset / 8] = words[offset / 8] & ~(0xff &<< shift) | UInt64(newValue) &<< shift
    }
  }

  var sample: UInt32 {
    OperationSequence.sampleOffsets.enumerated().reduce(0) {
      $0 | UInt32(self[$1.element]) &<< UInt32(8 * $1.offset)
    }
  }

  static func hash(_ words: [UInt64]) -> UInt64 {
    var hash: UInt64 = 0
    for word in words { hash = (hash ^ word) &* 0x9e37_79b9_7f4a_7c15 }
    return hash | 4096
  }
}

/// What a page-table entry holds.
enum PlainEntry {
  case zero
  case anonymous(PlainPage)
  case file(PlainPage)
}

/// A file, or the object behind a shared anonymous mapping: pages that exist, by index.
final class PlainFile {
  static let sharedAnonymous: UInt8 = 255

  let number: UInt8
  var bytes: UInt64
  var pages: [Int: PlainPage] = [:]

  init(sharedPages: Int) {
    number = Self.sharedAnonymous
    bytes = UInt64(sharedPages) * Linux.pageBytes
  }

  init(number: Int, bytes: UInt64) {
    self.number = UInt8(number)
    self.bytes = bytes
    for index in 0..<pageCount { pages[index] = PlainPage(Self.content(number, index, bytes)) }
  }

  var pageCount: Int { Int((bytes + 4095) / 4096) }

  private static func content(_ number: Int, _ index: Int, _ bytes: UInt64) -> [UInt64] {
    let page = PlainPage()
    for offset in 0..<min(4096, Int(bytes) - index * 4096) {
      page[offset] = OperationSequence.fileByte(number - 1, index * 4096 + offset)
    }
    return page.words
  }

  /// The page at `index`, made when it was a hole; nil beyond the end.
  func page(_ index: Int) -> PlainPage? {
    guard index < pageCount else { return nil }
    if let page = pages[index] { return page }
    let page = PlainPage()
    pages[index] = page
    return page
  }
}

/// Linux's anon_vma: who shares anonymous pages by descent. Areas merge only within one.
final class PlainFamily {
  let parent: PlainFamily?
  /// Families below it; a first one counts as its own child.
  var children: Int
  /// Areas whose pages belong to it.
  var active = 0
  /// Areas in whose chain it is.
  var users = 0

  init(parent: PlainFamily?) {
    self.parent = parent
    children = parent == nil ? 1 : 0
    parent?.children += 1
  }
}

/// Linux's flags of an area.
struct AreaFlags: OptionSet, Hashable {
  let rawValue: UInt32

  static let read = Self(rawValue: 1)
  static let write = Self(rawValue: 2)
  static let execute = Self(rawValue: 4)
  static let shared = Self(rawValue: 8)
  static let locked = Self(rawValue: 0x10)
  static let lockedOnFault = Self(rawValue: 0x20)
  static let noReserve = Self(rawValue: 0x40)
  static let account = Self(rawValue: 0x80)
  static let dontFork = Self(rawValue: 0x100)
  static let dontDump = Self(rawValue: 0x200)
  static let wipeOnFork = Self(rawValue: 0x400)
  static let random = Self(rawValue: 0x800)
  static let sequential = Self(rawValue: 0x1000)
  static let huge = Self(rawValue: 0x2000)
  static let noHuge = Self(rawValue: 0x4000)
  static let growsDown = Self(rawValue: 0x8000)

  static let access: Self = [.read, .write, .execute]
  static let anyLock: Self = [.locked, .lockedOnFault]
}

/// Linux's vm_area_struct; `start`, `end` and `offset` count pages.
struct PlainArea {
  var start: Int
  var end: Int
  var flags: AreaFlags
  /// nil for anonymous private areas.
  var file: PlainFile?
  /// Of the first page into the file; of anonymous areas the page at which the area began its life.
  var offset: Int
  /// Set by the first write.
  var family: PlainFamily?
  /// Oldest first; longer than 1 in a process that was forked after the area had been written.
  var chain: [PlainFamily] = []

  var isAccessible: Bool { !flags.isDisjoint(with: .access) }
  var isForked: Bool { family != nil && chain.count > 1 }

  func offset(at page: Int) -> Int { offset + page - start }
}
