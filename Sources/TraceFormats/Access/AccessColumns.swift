/// A block of references as three columns, which pack better than rows.
///
/// Sections, in this order:
///
/// | section | content |
/// |---|---|
/// | sizes | 2 bytes for each reference whose tag has the size code 0 |
/// | addresses | difference to the expected address, two's complement, as many bytes as the tag says |
/// | tags | one byte per reference |
///
/// Tag: bits 0-1 kind, bits 2-4 width code (that many bytes of address; 7 means 8), bits 5-7 size
/// code (0: in the column; instructions: the size itself; others: size 1 << (code - 1)).
///
/// The expected address of an instruction is the end of the last one, of any other reference the last
/// address of such; 0 for the first in the block, so that each block can be read alone. Most
/// instructions follow each other and cost a tag. Better predictions (by instruction address) make the
/// columns a fifth smaller and the packed file larger by a quarter: zstd finds more in differences
/// that repeat than in few ones. Widths in the tags, in place of the continuation bits of a varint,
/// are what makes decoding free of branches.
struct AccessColumns {
  /// Larger blocks pack better (a sixth from 65,536 to 131,072) and leave the second-level cache.
  static let recordsPerBlock = 1 << 17

  private(set) var count = 0
  private var sizes: [UInt8] = []
  private var addresses: [UInt8] = []
  private var tags: [UInt8] = []
  private var expected = ExpectedAddresses()

  var sections: [[UInt8]] { [sizes, addresses, tags] }

  mutating func append(_ record: AccessRecord) {
    var step = expected.step(to: record)
    let width = Self.width(step)
    for _ in 0..<width {
      addresses.append(UInt8(truncatingIfNeeded: step))
      step >>= 8
    }
    let code = Self.sizeCode(record)
    if code == 0 { LittleEndian.append(UInt64(record.size), width: 2, to: &sizes) }
    tags.append(record.kind.rawValue | UInt8(min(width, 7)) << 2 | code << 5)
    count += 1
  }

  mutating func removeAll() {
    count = 0
    sizes.removeAll(keepingCapacity: true)
    addresses.removeAll(keepingCapacity: true)
    tags.removeAll(keepingCapacity: true)
    expected = ExpectedAddresses()
  }

  /// Bytes that hold the difference with its sign: 0 for 0; never 7, for which the tag has no code.
  private static func width(_ step: Int64) -> Int {
    if step == 0 { return 0 }
    let magnitude = step < 0 ? ~step : step
    let width = (64 - magnitude.leadingZeroBitCount) / 8 + 1
    return width == 7 ? 8 : width
  }

  private static func sizeCode(_ record: AccessRecord) -> UInt8 {
    if record.kind == .instruction { return record.size <= 7 ? UInt8(record.size) : 0 }
    let isPower = record.size & (record.size &- 1) == 0
    return isPower && record.size != 0 && record.size <= 64
      ? UInt8(record.size.trailingZeroBitCount) + 1 : 0
  }
}

/// Where the next reference is expected.
private struct ExpectedAddresses {
  private var instruction: UInt64 = 0
  private var other: UInt64 = 0

  /// How far from there the reference is.
  mutating func step(to record: AccessRecord) -> Int64 {
    if record.kind == .instruction {
      let step = record.address &- instruction
      instruction = record.address &+ UInt64(record.size)
      return Int64(bitPattern: step)
    }
    let step = record.address &- other
    other = record.address
    return Int64(bitPattern: step)
  }
}
