internal import MemoryUnits

/// The word of a TLB entry.
///
/// ```
///  63        12   11     10 9   8   7   6    5 4 3      2 1 0
///  difference    valid   size   CD  D  R/W   S: X W R   U: X W R
/// ```
///
/// The difference of physical and virtual address (a multiple of 4096) makes a translation one addition,
/// whatever the page's size. Bits 0...5 are the accesses (`Access`) that need nothing but the
/// entry: a write is among them once D is set. The size is the page's in the tables, also where
/// the entry covers only a part of it.
struct PageWord {
  var rawValue: UInt64

  static var writable: UInt64 { 1 << 6 }
  static var dirty: UInt64 { 1 << 7 }
  static var uncached: UInt64 { 1 << 8 }

  var isWritable: Bool { rawValue & Self.writable != 0 }
  var isDirty: Bool { rawValue & Self.dirty != 0 }
  var isUser: Bool { rawValue & Access.read.rawValue != 0 }
  var isExecutable: Bool { rawValue & Access.supervisorExecute.rawValue != 0 }
  /// The class of the page in the tables: 0, 1 or 2.
  var pageClass: Int { Int(truncatingIfNeeded: rawValue &>> 9 & 3) }
  var difference: UInt64 { rawValue & ~0xfff }

  func allows(_ access: Access) -> Bool { rawValue & access.rawValue != 0 }

  /// Whether the access is a write for which only D is missing.
  func lacksOnlyDirty(_ access: Access) -> Bool {
    access.isWrite && isWritable && (isUser || !access.isUser) && !isDirty
  }
}

extension TLBEntry {
  init(_ entry: StoreEntry) {
    let word = PageWord(rawValue: entry.word)
    let page = entry.key & ~PrefixStore.asidMask
    asid = entry.isGlobal ? 0 : UInt16(entry.key >> PrefixStore.asidShift)
    virtualPage = page
    size = [.base4KiB, .huge2MiB, .gigantic1GiB][PrefixStore.class(of: entry)]
    frame = FrameNumber(
      rawValue: UInt32(truncatingIfNeeded: (page << 12 &+ word.difference) >> 12))
    isUser = word.isUser
    isWritable = word.isWritable
    isExecutable = word.isExecutable
    isDirty = word.isDirty
    isGlobal = entry.isGlobal
  }
}
