import Foundation
import MemoryUnits
import TraceFormats

/// References of every kind, size and distance: runs of instructions, strides, the ends of the address
/// space.
func randomAccesses(seed: UInt64, count: Int) -> [AccessRecord] {
  var generator = SplitMix64(seed: seed)
  var instruction: UInt64 = 0x401000
  var records: [AccessRecord] = []
  while records.count < count {
    switch generator.next(upperBound: 8) {
    case 0...3:
      let size = UInt32(1 + generator.next(upperBound: 15))
      records.append(AccessRecord(.instruction, address: instruction, size: size))
      instruction &+= UInt64(size)
    case 4:
      instruction = generator.next() >> generator.next(upperBound: 64)
    default:
      let kind = AccessRecord.Kind.allCases[Int(1 + generator.next(upperBound: 3))]
      let address = generator.next() >> generator.next(upperBound: 64)
      let isPower = generator.next(upperBound: 4) != 0
      let size: UInt64 =
        isPower
        ? 1 << generator.next(upperBound: 13)
        : 1 + generator.next(upperBound: UInt64(AccessRecord.largestSize))
      records.append(AccessRecord(kind, address: address, size: UInt32(size)))
    }
  }
  return records
}

extension AccessSource where Self: ~Copyable {
  /// All that is left, checked to come in batches as promised.
  mutating func rest() throws -> [AccessRecord] {
    var records: [AccessRecord] = []
    var batch: [AccessRecord] = []
    while try next(&batch) {
      guard !batch.isEmpty, batch.count <= AccessBatch.limit else {
        throw TraceError(path: "batch", message: "of \(batch.count) references")
      }
      records += batch
    }
    guard batch.isEmpty, try !next(&batch) else {
      throw TraceError(path: "batch", message: "not empty at the end")
    }
    return records
  }
}

/// Writes a recording whose blocks have these lengths, the last of them repeated.
func writeAccesses(_ records: [AccessRecord], to path: String, blocks: [Int] = []) throws {
  var writer = try AccessTraceWriter(path: path, origin: "test")
  var lengths = blocks[...]
  var left = lengths.popFirst() ?? .max
  for record in records {
    try writer.append(record)
    left -= 1
    if left == 0 {
      try writer.flush()
      left = lengths.popFirst() ?? blocks[blocks.count - 1]
    }
  }
  try writer.seal()
}

/// What a reading gives: what came, and what is said about it.
struct AccessReading {
  var records: [AccessRecord]
  var caveats: [String]
  var isSealed: Bool

  init(path: String) throws {
    var reader = try AccessTraceReader(path: path)
    records = try reader.rest()
    caveats = reader.caveats
    isSealed = reader.isSealed
  }
}
