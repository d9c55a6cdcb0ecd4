/// A block of merged records as columns, which pack better than rows and decode without branches on
/// the kind of event.
///
/// Sections: tags (one byte per record: operation, 8 = the thread differs from the record before,
/// 16 = an alignment follows), extras (varint thread and alignment where the tag says so), sizes
/// (varint; none for free and unmap), slots (zigzag varint difference to the slot before), times
/// (varint difference to the time before; the header of the block has the first).
enum HeapRecordColumns {
  static let recordsPerBlock = 1 << 16
  private static let threadFlag: UInt8 = 8
  private static let alignmentFlag: UInt8 = 16

  static func encode(_ records: ArraySlice<HeapRecord>) -> [[UInt8]] {
    var tags = [UInt8]()
    var extras = [UInt8]()
    var sizes = [UInt8]()
    var slots = [UInt8]()
    var times = [UInt8]()
    var slot: UInt32 = 0
    var thread: UInt16 = 0
    var time = records.first?.timeNs ?? 0
    for record in records {
      var tag = record.operationCode
      if record.thread != thread {
        tag |= threadFlag
        Varint.append(UInt64(record.thread), to: &extras)
        thread = record.thread
      }
      if record.alignmentShift != 0 {
        tag |= alignmentFlag
        extras.append(record.alignmentShift)
      }
      tags.append(tag)
      if hasSize(record.operationCode) { Varint.append(record.size, to: &sizes) }
      Varint.append(Varint.zigzag(Int64(record.slot) - Int64(slot)), to: &slots)
      slot = record.slot
      Varint.append(record.timeNs - time, to: &times)
      time = record.timeNs
    }
    return [tags, extras, sizes, slots, times]
  }

  /// Appends the records of the block; false when they are not what the format says, in which case
  /// nothing is appended.
  static func decode(_ block: TraceBlock, into records: inout [HeapRecord]) -> Bool {
    let count = Int(block.header.count)
    guard block.sections.count == 5, block.sections[0].count == count else { return false }
    let before = records.count
    let bytes = block.bytes.span
    var extra = block.sections[1].lowerBound
    var size = block.sections[2].lowerBound
    var slotIndex = block.sections[3].lowerBound
    var timeIndex = block.sections[4].lowerBound
    var slot: Int64 = 0
    var thread: UInt64 = 0
    var time = block.header.firstStamp
    for tagIndex in block.sections[0] {
      let tag = bytes[tagIndex]
      var record = HeapRecord(.free, slot: 0)
      record.operationCode = tag & 7
      var sound = tag & 7 != 0 && tag < 32
      if tag & threadFlag != 0 {
        if let next = Varint.read(bytes, &extra, end: block.sections[1].upperBound) {
          thread = next
        } else {
          sound = false
        }
      }
      if tag & alignmentFlag != 0 {
        if extra < block.sections[1].upperBound {
          record.alignmentShift = bytes[extra]
          extra += 1
        } else {
          sound = false
        }
      }
      if hasSize(tag & 7) {
        if let bytes = Varint.read(bytes, &size, end: block.sections[2].upperBound) {
          record.size = bytes
        } else {
          sound = false
        }
      }
      guard sound, thread <= UInt64(UInt16.max), record.alignmentShift < 64,
        let move = Varint.read(bytes, &slotIndex, end: block.sections[3].upperBound),
        let step = Varint.read(bytes, &timeIndex, end: block.sections[4].upperBound)
      else {
        records.removeSubrange(before...)
        return false
      }
      slot = slot &+ Varint.unzigzag(move)
      let (later, overflow) = time.addingReportingOverflow(step)
      guard slot >= 0, slot < Int64(UInt32.max), !overflow else {
        records.removeSubrange(before...)
        return false
      }
      time = later
      record.thread = UInt16(truncatingIfNeeded: thread)
      record.slot = UInt32(truncatingIfNeeded: slot)
      record.timeNs = time
      records.append(record)
    }
    return true
  }

  private static func hasSize(_ code: UInt8) -> Bool {
    code != HeapOperation.free.rawValue && code != HeapOperation.unmap.rawValue
  }
}
