import MemoryUnits
import Testing
import Translation

@Suite("Page-table entries")
struct PageTableEntryTests {
  @Test("bits lie where x86-64 has them")
  func layout() {
    let bits: [(EntryBits, UInt64)] = [
      (.present, 0x1), (.writable, 0x2), (.user, 0x4), (.writeThrough, 0x8),
      (.cacheDisable, 0x10), (.accessed, 0x20), (.dirty, 0x40), (.pageSize, 0x80), (.pat, 0x80),
      (.global, 0x100), (.largePAT, 0x1000), (.executeDisable, 0x8000_0000_0000_0000),
    ]
    for (bit, word) in bits {
      #expect(bit.rawValue == word)
      #expect(PageTableEntry(FrameNumber(0), bit).rawValue == word)
    }
    let entry = PageTableEntry(FrameNumber(0x1234), [.present, .user, .executeDisable])
    #expect(entry.rawValue == 0x8000_0000_0123_4005)
    #expect(entry.frame == FrameNumber(0x1234))
  }

  @Test("changing one part leaves the other alone")
  func parts() {
    var entry = PageTableEntry(FrameNumber(rawValue: .max), [.present, .executeDisable])
    entry.set([.dirty, .accessed])
    entry.clear(.present)
    #expect(entry.frame == FrameNumber(rawValue: .max))
    entry.frame = FrameNumber(7)
    #expect(entry.bits == [.dirty, .accessed, .executeDisable])
    entry.bits = .present
    #expect(entry == PageTableEntry(FrameNumber(7), .present))
  }

  @Test("swap entries are not present, never zero, and come back", arguments: [0, 77, UInt32.max])
  func swapEntries(slot: UInt32) {
    let entry = SwapEntry(slot: slot).entry
    #expect(!entry.isPresent && !entry.isNone)
    #expect(SwapEntry(entry)?.slot == slot)
    #expect(SwapEntry(PageTableEntry.none) == nil)
    #expect(SwapEntry(PageTableEntry(FrameNumber(3), .present)) == nil)
  }
}
