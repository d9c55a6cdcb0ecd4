import MemoryUnits
import Testing
import Translation

@Suite("Taking entries out of a table")
struct TakeEntriesTests {
  @Test("entries that map frames go, special ones uncounted; swap entries and all outside remain")
  func take() {
    for seed in 0..<UInt64(200) {
      var generator = SplitMix64(seed: seed)
      var contents = FrameContents(frameCount: 2, keepsData: false)
      let table = FrameNumber(1)
      let kinds = 1 + generator.next(upperBound: 5)
      var words: [PageTableEntry] = []
      for slot in 0..<512 {
        let frame = FrameNumber(slot * 3)
        let entry =
          switch generator.next(upperBound: kinds) {
          case 0: PageTableEntry(frame, [.present, .user, .dirty])
          case 1: PageTableEntry.none
          case 2: PageTableEntry(frame, [.inaccessible, .user])
          case 3: PageTableEntry(frame, [.present, .special])
          default: SwapEntry(slot: UInt32(slot)).entry
          }
        words.append(entry)
        contents.setEntry(entry, table, slot)
      }
      let start = Int(generator.next(upperBound: 513))
      let end = start + Int(generator.next(upperBound: UInt64(513 - start)))
      let before = [PageTableEntry(FrameNumber(9), .present)]
      var entries = before
      let taken = contents.takeEntries(table, from: start, to: end, into: &entries)

      let mapped = (start..<end).filter { words[$0].mapsFrame }
      #expect(taken.count == mapped.count, "seed \(seed)")
      if let first = mapped.first, let last = mapped.last {
        #expect(taken.first == first && taken.last == last, "seed \(seed)")
      }
      let others = (start..<end).count { !words[$0].mapsFrame && !words[$0].isNone }
      #expect(taken.others == others, "seed \(seed)")
      let counted = mapped.map { words[$0] }.filter { !$0.has(.special) }
      #expect(entries == before + counted, "seed \(seed)")
      for slot in mapped { words[slot] = .none }
      let left = (0..<512).map { contents.entry(table, $0) }
      #expect(left == words, "seed \(seed)")
    }
  }
}
