import TraceFormats

/// The records of one chunk as the preloaded library writes them (CHeapFormats/heap_ring.h), for
/// tests of what reads them.
struct RingWriter {
  private(set) var bytes: [UInt8] = []
  private var stamp: UInt64
  private var unit: UInt64 = 0
  let firstStamp: UInt64

  init(firstStamp: UInt64) {
    self.firstStamp = firstStamp
    stamp = firstStamp
  }

  mutating func append(
    _ operation: HeapEventOperation, at next: UInt64, _ address: UInt64, size: UInt64 = 0,
    alignmentShift: UInt8 = 0
  ) {
    let move = Int64(bitPattern: (address >> 4) &- unit)
    let fields = [next - stamp, size, UInt64(bitPattern: (move << 1) ^ (move >> 63))]
    stamp = next
    unit = address >> 4
    var head = UInt64(operation.rawValue)
    var tail: [UInt8] = []
    for (index, field) in fields.enumerated() {
      let width = (64 - field.leadingZeroBitCount + 7) / 8
      head |= UInt64(width) << UInt64(4 + 3 * index)
      tail += (0..<width).map { UInt8(truncatingIfNeeded: field >> UInt64(8 * $0)) }
    }
    if alignmentShift != 0 || address & 15 != 0 {
      head |= 1 << 13
      tail += [alignmentShift, UInt8(address & 15)]
    }
    bytes += [UInt8(head & 255), UInt8(head >> 8)] + tail
  }

  /// The records and the readable bytes that the reader wants behind them.
  var padded: [UInt8] { bytes + [UInt8](repeating: 0xAA, count: 64) }
}
