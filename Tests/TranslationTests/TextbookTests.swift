import MemoryUnits
import Testing
import Translation

/// The published answers of the simple memory system, and sums over all of its addresses.
@Suite("The textbook machine")
struct TextbookTests {
  /// VA, VPN, VPO, TLBI, TLBT, TLB hit; then PPN, PA, CO, CI, CT and the byte where the cache has it.
  struct Example: Sendable, CustomTestStringConvertible {
    var parts: [UInt64]
    var tlbHit: Bool
    var physical: [UInt64]?
    var byte: UInt8?
    var source: String
    var testDescription: String { "0x" + String(parts[0], radix: 16) + ", " + source }

    init(
      _ parts: [UInt64], _ tlbHit: Bool, _ physical: [UInt64]?, _ byte: UInt8?, _ source: String
    ) {
      self.parts = parts
      self.tlbHit = tlbHit
      self.physical = physical
      self.byte = byte
      self.source = source
    }
  }

  static let examples = [
    Example(
      [0x03d4, 0x0f, 0x14, 3, 0x03], true, [0x0d, 0x354, 0, 0x5, 0x0d], 0x36, "deck, example 1"),
    Example(
      [0x0020, 0x00, 0x20, 0, 0x00], false, [0x28, 0xa20, 0, 0x8, 0x28], nil, "deck, example 2"),
    Example(
      [0x03d7, 0x0f, 0x17, 3, 0x03], true, [0x0d, 0x357, 3, 0x5, 0x0d], 0x1d, "CS:APP 9.4"),
    Example(
      [0x027c, 0x09, 0x3c, 1, 0x02], false, [0x17, 0x5fc, 0, 0xf, 0x17], nil, "CS:APP 9.11"),
    Example(
      [0x03a9, 0x0e, 0x29, 2, 0x03], false, [0x11, 0x469, 1, 0xa, 0x11], nil, "CS:APP 9.12"),
    Example([0x0040, 0x01, 0x00, 1, 0x00], false, nil, nil, "CS:APP 9.13"),
    Example(
      [0x0175, 0x05, 0x35, 1, 0x01], false, [0x16, 0x5b5, 1, 0xd, 0x16], 0x96, "HMC CS105"),
    Example(
      [0x0add, 0x2b, 0x1d, 3, 0x0a], true, [0x34, 0xd1d, 1, 0x7, 0x34], nil, "HMC CS105"),
    Example([0x02ea, 0x0b, 0x2a, 3, 0x02], false, nil, nil, "HMC CS105"),
    Example([0x0b8f, 0x2e, 0x0f, 2, 0x0b], false, nil, nil, "older decks"),
    Example(
      [0x0255, 0x09, 0x15, 1, 0x02], false, [0x17, 0x5d5, 1, 0x5, 0x17], nil, "computed"),
  ]

  @Test("published examples", arguments: examples)
  func published(example: Example) {
    let machine = SmallMachine.textbook()
    let sheet = machine.probe(example.parts[0])
    #expect([sheet.va, sheet.vpn, sheet.vpo, sheet.tlbi, sheet.tlbt] == example.parts)
    #expect(sheet.tlbHit == example.tlbHit)
    #expect(sheet.pageFault == (example.physical == nil))
    let physical = [sheet.ppn, sheet.pa, sheet.co, sheet.ci, sheet.ct].compactMap(\.self)
    #expect(physical == example.physical ?? [])
    #expect(sheet.byte == example.byte)
    #expect(sheet.cacheHit == example.physical.map { _ in example.byte != nil })
  }

  @Test("sums over all addresses, state frozen")
  func sums() {
    let machine = SmallMachine.textbook()
    var (tlbHits, tableHits, faults, cacheHits, both) = (0, 0, 0, 0, 0)
    for va in 0..<UInt64(1 << 14) {
      let sheet = machine.probe(va)
      if sheet.tlbHit { tlbHits += 1 }
      if !sheet.tlbHit && !sheet.pageFault { tableHits += 1 }
      if sheet.pageFault { faults += 1 }
      if sheet.cacheHit == true { cacheHits += 1 }
      if sheet.cacheHit == true && sheet.tlbHit { both += 1 }
    }
    #expect([tlbHits, tableHits, faults, cacheHits, both] == [320, 512, 15_552, 24, 12])
  }

  @Test("virtual blocks that hit the cache, and the synonyms among them")
  func synonyms() {
    var machine = SmallMachine.textbook()
    let blocks: [UInt64: UInt8] = [
      0x015c: 0x11, 0x0174: 0x04, 0x0238: 0x83, 0x0368: 0x93, 0x03d4: 0x36, 0x0914: 0x36,
    ]
    for block in stride(from: 0 as UInt64, to: 1 << 14, by: 4) {
      #expect(machine.probe(block).byte == blocks[block], "0x\(String(block, radix: 16))")
    }
    // Two virtual addresses of one physical byte share one line: there is one place by its tag.
    #expect(machine.probe(0x0914).pa == 0x354 && machine.probe(0x03d4).pa == 0x354)
    let first = machine.load(0x0914)
    let second = machine.load(0x03d4)
    #expect(first.ci == second.ci && first.ct == second.ct && first.byte == second.byte)
  }

  @Test("loads fill TLB and cache; a second load hits both")
  func loads() {
    var machine = SmallMachine.textbook()
    machine.setMemory(0xa20, 0x5a)
    let cold = machine.load(0x0020)
    #expect(!cold.tlbHit && cold.cacheHit == false && cold.byte == 0x5a)
    let warm = machine.load(0x0020)
    #expect(warm.tlbHit && warm.cacheHit == true && warm.byte == 0x5a)
    // It took the line of index 8, which held the block of PA 0x920.
    #expect(machine.probe(0x0020).ci == 8)
    #expect(machine.load(0x0040).pageFault)
  }

  /// Four entries, fully associative, LRU; 4 KiB pages; the next free frames are 0xD, then 0xE.
  @Test("the demand-paging drill")
  func drill() {
    var machine = SmallMachine(
      SmallGeometry(
        name: "drill", virtualBits: 16, physicalBits: 16, offsetBits: 12, levelBits: [4],
        tlbSets: 1, tlbWays: 4, cache: nil))
    let frames: [UInt64: UInt64] = [0: 5, 3: 6, 4: 9, 5: 0xb, 7: 4, 0xa: 3, 0xb: 0xc]
    for (vpn, ppn) in frames { machine.map(vpn, to: ppn) }
    for vpn in [1, 2, 6, 8, 9] as [UInt64] {
      machine.setEntry(SwapEntry(slot: UInt32(vpn)).entry, vpn)
    }
    for vpn in [3, 7, 0xb] as [UInt64] { machine.enterTLB(vpn, frames[vpn] ?? 0) }

    var free: [UInt64] = [0xd, 0xe]
    var outcomes: [String] = []
    for va in [0x123d, 0x08b3, 0x365c, 0x871b, 0xbee6, 0x3140, 0xc049] as [UInt64] {
      let sheet = machine.load(va)
      if !sheet.pageFault {
        outcomes.append((sheet.tlbHit ? "TLB " : "table ") + String(sheet.ppn ?? 0, radix: 16))
      } else if machine.entry(sheet.vpn).isNone {
        outcomes.append("segmentation fault")
      } else {
        machine.map(sheet.vpn, to: free.removeFirst())
        outcomes.append("fault " + String(machine.load(va).ppn ?? 0, radix: 16))
      }
    }
    #expect(
      outcomes == [
        "fault d", "table 5", "table 6", "fault e", "table c", "TLB 6", "segmentation fault",
      ])
    #expect(machine.tlbEntries.map(\.vpn) == [3, 0xb, 8, 0])
    #expect(machine.tlbEntries.map(\.ppn) == [6, 0xc, 0xe, 5])
  }

  @Test("TLB reach of 64 entries, 4-way")
  func reach() {
    let tlb = TLBGeometry(sets: 16, ways: 4, pageSizes: [.base4KiB])
    #expect(tlb.bestReach(.base4KiB).rawValue == 256 << 10)
    #expect(tlb.worstReach(.base4KiB).rawValue == 16 << 10)
    // The deck's 4 MiB pages are two of today's 2 MiB.
    #expect(tlb.bestReach(.huge2MiB).rawValue * 2 == 256 << 20)
    #expect(tlb.worstReach(.huge2MiB).rawValue * 2 == 16 << 20)
  }

  @Test("the Core i7's figures")
  func corei7() throws {
    let machine = TranslationGeometry.corei7
    #expect(machine.virtualBits == 48 && machine.physicalBits == 52)
    #expect(machine.l1Data[0].entries == 64 && machine.l1Data[0].sets == 16)
    #expect(machine.l1Instruction[0].entries == 128 && machine.l1Instruction[0].sets == 32)
    #expect(machine.l1Data[1].entries == 32 && !machine.hasGiganticPages)
    #expect(machine.l2Data[0].entries == 512 && machine.l2Data[0].sets == 128)
    let l1 = try #require(machine.caches.l1Data)
    #expect(l1.bytes.rawValue == 32 << 10 && l1.indexBits == 6 && l1.offsetBits == 6)
    #expect(l1.isIndexedWithinPage(offsetBits: 12))
    #expect(machine.physicalBits - l1.indexBits - l1.offsetBits == 40)
    #expect(machine.caches.l2?.bytes.rawValue == 256 << 10 && machine.caches.l2?.sets == 512)
    #expect(machine.caches.l3?.bytes.rawValue == 8 << 20 && machine.caches.l3?.sets == 8192)
  }
}
