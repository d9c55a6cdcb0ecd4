/// A size class of the slab: objects of one size, packed into blocks of one order.
struct SlabClass {
  let objectBytes: Int
  /// The smallest order whose block holds at least eight objects, so that at most 1/8 of it is lost
  /// at its end.
  let blockOrder: Int
  /// Objects per block, at most 512.
  let capacity: Int

  /// Objects of this size and more come from whole pages.
  static let limitBytes = 4096

  /// Steps of 8 bytes up to 16, of 16 up to 128, then four classes per doubling: no object below a
  /// page loses more than a fifth of its class to rounding, except below 80 bytes.
  static let all: [SlabClass] = {
    var sizes = [8, 16]
    sizes += stride(from: 32, through: 128, by: 16)
    var base = 128
    while base < 2048 {
      for quarter in 1...4 { sizes.append(base + base / 4 * quarter) }
      base *= 2
    }
    sizes += [2560, 3072, 3584]
    return sizes.map(SlabClass.init(objectBytes:))
  }()

  private init(objectBytes: Int) {
    self.objectBytes = objectBytes
    var order = 0
    while (4096 << order) / objectBytes < 8 { order += 1 }
    blockOrder = order
    capacity = (4096 << order) / objectBytes
  }

  /// `byEighth[(size + 7) / 8]` is the index in `all` of the smallest class that holds `size` bytes;
  /// 255 above the largest class.
  static let byEighth: [UInt8] = (0...(limitBytes / 8)).map { eighth in
    UInt8(all.firstIndex { $0.objectBytes >= eighth * 8 } ?? 255)
  }

  /// The smallest class that holds `size` bytes at the alignment; nil when whole pages have to.
  /// A class keeps an alignment when its size is a multiple of it, since blocks are page-aligned.
  @inline(__always)
  static func index(size: UInt64, alignmentShift: UInt8, table: [UInt8]) -> Int? {
    guard size < UInt64(limitBytes), alignmentShift < 12 else { return nil }
    let first = Int(table[Int(truncatingIfNeeded: (size &+ 7) >> 3)])
    if first == 255 { return nil }
    if alignmentShift <= 3 { return first }
    let mask = (1 << Int(alignmentShift)) - 1
    return (first..<all.count).first { all[$0].objectBytes & mask == 0 }
  }
}
