internal import CHardware

extension AssociativeStore {
  /// Replaces every stamp by its rank in its row and sets the clock back behind the highest: what was
  /// used before what stays the same. Once in 16,000 uses.
  @inline(never)
  @usableFromInline
  mutating func rankStamps() {
    let used = uses
    let widest = sections.reduce(0) { max($0, $1.ways) }
    var order = [UInt16](repeating: 0, count: (widest + 7) & ~7)
    for section in sections {
      var row = section.firstSlot
      while row < section.firstSlot + section.slotCount {
        rank(row, section, &order)
        row += section.lanes
      }
    }
    clock = widest
    clockBase = used - widest
    logHead = 0
  }

  private mutating func rank(_ row: Int, _ section: StoreSection, _ order: inout [UInt16]) {
    let stamps = unsafe self.stamps + row
    unsafe order.withUnsafeMutableBufferPointer { order in
      guard let order = order.baseAddress else { return }
      unsafe framelab_order_lanes(
        stamps, Int64(section.lanes), Int64(section.ways), order)
      // Invalid slots share the lowest places, of which they fill only the first.
      var invalid = 0
      for way in 0..<section.ways where unsafe stamps[way] == Self.invalidStamp { invalid += 1 }
      for place in invalid..<section.ways {
        let way = unsafe Int(order[place])
        unsafe stamps[way] = Int16(place)
        if row == loggedRow { unsafe log[place] = UInt16(row + way) }
      }
    }
  }
}
