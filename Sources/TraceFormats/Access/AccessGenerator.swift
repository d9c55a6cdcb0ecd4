public import MemoryUnits

/// Made-up references of 8 bytes: the same for the same pattern, range, count and seed on every host.
/// A quarter are stores, chosen at random (sequential: every fourth); a chase only loads.
public struct AccessGenerator: AccessSource, Sendable {
  public let pattern: AccessPattern
  /// References that are left.
  public private(set) var remaining: Int
  private let base: UInt64
  /// Words of 8 bytes, or lines of 64 in a chase.
  private let places: UInt64
  private var random: SplitMix64
  /// Where a sequence or a chase is.
  private var place: UInt64

  /// - Parameters:
  ///   - bytes: of the range, rounded up to lines; at most 2^47.
  ///   - base: where the range begins.
  public init(
    _ pattern: AccessPattern, bytes: ByteCount, count: Int, seed: UInt64,
    base: UInt64 = 0x1000_0000_0000
  ) {
    precondition(bytes.rawValue > 0 && bytes.rawValue <= 1 << 47 && count >= 0, "a range, a count")
    self.pattern = pattern
    self.base = base
    remaining = count
    let lines = UInt64((bytes.rawValue + 63) / 64)
    places = pattern == .chase ? lines : lines * 8
    random = SplitMix64(seed: seed)
    place = pattern == .chase ? random.next(upperBound: places) : 0
  }

  public mutating func next(_ batch: inout [AccessRecord]) -> Bool {
    batch.removeAll(keepingCapacity: true)
    let count = min(remaining, AccessBatch.limit)
    remaining -= count
    switch pattern {
    case .sequential:
      for _ in 0..<count {
        append(place, isStore: place & 3 == 3, to: &batch)
        place = place + 1 == places ? 0 : place + 1
      }
    case .uniform:
      for _ in 0..<count {
        let bits = random.next()
        append(bits.multipliedFullWidth(by: places).high, isStore: bits & 3 == 0, to: &batch)
      }
    case .skewed:
      for _ in 0..<count {
        // Fractions of 2^64.
        let bits = random.next()
        let square = bits.multipliedFullWidth(by: bits).high
        let fourth = square.multipliedFullWidth(by: square).high
        append(fourth.multipliedFullWidth(by: places).high, isStore: bits & 3 == 0, to: &batch)
      }
    case .chase:
      for _ in 0..<count {
        batch.append(AccessRecord(.load, address: base &+ place &* 64, size: 8))
        repeat { place = next(place) } while place >= places
      }
    }
    return count > 0
  }

  @inline(__always)
  private func append(_ word: UInt64, isStore: Bool, to batch: inout [AccessRecord]) {
    batch.append(AccessRecord(isStore ? .store : .load, address: base &+ word &* 8, size: 8))
  }

  /// A cycle through all numbers below the power of two that holds `places` (Hull and Dobell: the
  /// increment is odd, the factor 1 modulo 4). Numbers that are no place are passed over.
  @inline(__always)
  private func next(_ place: UInt64) -> UInt64 {
    let mask = places <= 1 ? 0 : UInt64.max >> UInt64((places - 1).leadingZeroBitCount)
    return (place &* 0x5851_f42d_4c95_7f2d &+ 0x1405_7b7e_f767_814f) & mask
  }
}
