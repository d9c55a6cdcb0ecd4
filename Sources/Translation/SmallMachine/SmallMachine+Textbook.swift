extension SmallMachine {
  /// The simple memory system with the state that the deck and CS:APP publish.
  ///
  /// Page-table entries 0x10 to 0xFF are not shown there and count as absent. The ways of a TLB set
  /// are entered from the right, so that way 0 is its most recently used.
  public static func textbook() -> SmallMachine {
    var machine = SmallMachine(.textbook, tableLimit: 1)
    for (vpn, ppn) in pageTable { machine.map(vpn, to: ppn) }
    for (set, ways) in translations.enumerated() {
      for way in ways.reversed() { machine.enterTLB(way.tag << 2 | UInt64(set), way.ppn) }
    }
    for line in lines {
      let address = line.tag << 6 | line.index << 2
      for (offset, byte) in line.bytes.enumerated() {
        machine.setMemory(address + UInt64(offset), byte)
      }
      machine.enterLine(address)
    }
    return machine
  }

  /// Valid entries of the page table, page number and frame.
  private static var pageTable: [(vpn: UInt64, ppn: UInt64)] {
    [
      (0x00, 0x28), (0x02, 0x33), (0x03, 0x02), (0x05, 0x16), (0x08, 0x13), (0x09, 0x17),
      (0x0a, 0x09), (0x0d, 0x2d), (0x0e, 0x11), (0x0f, 0x0d),
    ]
  }

  /// Valid entries of the TLB by set.
  private static var translations: [[(tag: UInt64, ppn: UInt64)]] {
    [
      [(0x09, 0x0d), (0x07, 0x02)],
      [(0x03, 0x2d)],
      [],
      [(0x03, 0x0d), (0x0a, 0x34)],
    ]
  }

  /// Valid lines of the cache.
  private static var lines: [(index: UInt64, tag: UInt64, bytes: [UInt8])] {
    [
      (0x0, 0x19, [0x99, 0x11, 0x23, 0x11]), (0x2, 0x1b, [0x00, 0x02, 0x04, 0x08]),
      (0x4, 0x32, [0x43, 0x6d, 0x8f, 0x09]), (0x5, 0x0d, [0x36, 0x72, 0xf0, 0x1d]),
      (0x7, 0x16, [0x11, 0xc2, 0xdf, 0x03]), (0x8, 0x24, [0x3a, 0x00, 0x51, 0x89]),
      (0xa, 0x2d, [0x93, 0x15, 0xda, 0x3b]), (0xd, 0x16, [0x04, 0x96, 0x34, 0x15]),
      (0xe, 0x13, [0x83, 0x77, 0x1b, 0xd3]),
    ]
  }
}
