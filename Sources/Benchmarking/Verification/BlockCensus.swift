package import MemoryUnits

/// Checks the places of live blocks: alignment, range, and that no two overlap. Used outside of every
/// timed section.
package struct BlockCensus: ~Copyable {
  private let addresses: Range<UInt64>?
  /// One bit per 4 KiB of `addresses`.
  private let taken: MappedArray<UInt64>
  /// First and last byte of each block, where no range is known.
  private var spans: [(first: UInt64, last: UInt64)] = []
  private(set) var blocks = 0
  private(set) var checksum: UInt64 = 0

  package init(_ addresses: Range<UInt64>?) {
    self.addresses = addresses
    let pages = addresses.map { Int(($0.upperBound - $0.lowerBound) >> 12) } ?? 0
    taken = MappedArray(count: (pages + 63) / 64)
  }

  package mutating func add(
    _ address: UInt64, _ order: Order, alignment: UInt64
  ) throws(BenchmarkFault) {
    let bytes = UInt64(order.bytes.rawValue)
    guard address % alignment == 0 else {
      throw BenchmarkFault(.misaligned, "order \(order.index) at \(Self.place(address))")
    }
    blocks += 1
    var mixer = SplitMix64(seed: address ^ UInt64(order.rawValue))
    checksum &+= mixer.next()
    guard let addresses else {
      spans.append((address, address + bytes - 1))
      return
    }
    guard address >= addresses.lowerBound, address <= addresses.upperBound,
      bytes <= addresses.upperBound - address
    else { throw BenchmarkFault(.outOfRange, "order \(order.index) at \(Self.place(address))") }
    var page = Int((address - addresses.lowerBound) >> 12)
    let end = page + order.frameCount
    while page < end {
      let count = min(64 - page % 64, end - page)
      let mask = (count == 64 ? UInt64.max : 1 << UInt64(count) - 1) << UInt64(page % 64)
      guard taken[page / 64] & mask == 0 else {
        throw BenchmarkFault(.overlap, "order \(order.index) at \(Self.place(address))")
      }
      taken[page / 64] |= mask
      page += count
    }
  }

  /// The last check; for blocks anywhere, the one that finds overlaps.
  package mutating func finish() throws(BenchmarkFault) {
    guard addresses == nil else { return }
    spans.sort { $0.first < $1.first }
    for index in spans.indices.dropFirst() where spans[index].first <= spans[index - 1].last {
      throw BenchmarkFault(.overlap, "a block at \(Self.place(spans[index].first))")
    }
  }

  static func place(_ address: UInt64) -> String {
    address % 4096 == 0
      ? "frame \(address >> 12)" : "address 0x\(String(address, radix: 16))"
  }
}
