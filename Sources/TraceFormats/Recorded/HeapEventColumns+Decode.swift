extension HeapEventColumns {
  /// The events of a block as the file has it; nil when the columns are not what the format says.
  static func decode(_ block: TraceBlock) -> [HeapEvent]? {
    let count = Int(block.header.count)
    guard block.sections.count == 5, block.sections[0].count == count else { return nil }
    let bytes = block.bytes.span
    var extra = block.sections[1].lowerBound
    var sizeIndex = block.sections[2].lowerBound
    var addressIndex = block.sections[3].lowerBound
    var timeIndex = block.sections[4].lowerBound
    var stamp = block.header.firstStamp
    var unit: UInt64 = 0
    var events = [HeapEvent]()
    events.reserveCapacity(count)
    for tagIndex in block.sections[0] {
      let tag = bytes[tagIndex]
      let code = tag & 15
      guard code >= 1, code <= 12, tag < 32,
        let move = Varint.read(bytes, &addressIndex, end: block.sections[3].upperBound),
        let step = Varint.read(bytes, &timeIndex, end: block.sections[4].upperBound)
      else { return nil }
      var event = HeapEvent(stamp: 0, address: 0, size: 0, code: code, alignmentShift: 0)
      if HeapEventOperation.hasSize(code) {
        guard let size = Varint.read(bytes, &sizeIndex, end: block.sections[2].upperBound)
        else { return nil }
        event.size = size
      }
      unit = unit &+ UInt64(bitPattern: Varint.unzigzag(move))
      event.address = unit << 4
      if tag & 16 != 0 {
        guard extra + 1 < block.sections[1].upperBound else { return nil }
        event.alignmentShift = bytes[extra] & 63
        event.address |= UInt64(bytes[extra + 1] & 15)
        extra += 2
      }
      // Stamps of 62 bits last for centuries; larger ones would overflow the sums of the merge.
      let (later, overflow) = stamp.addingReportingOverflow(step)
      guard !overflow, later < 1 << 62 else { return nil }
      stamp = later
      event.stamp = stamp
      events.append(event)
    }
    return events
  }
}
