import MemoryUnits
import Testing
import Translation

@Suite("Data caches")
struct DataCacheTests {
  /// Sets as lists in the order of use, searched and moved by the standard library.
  private struct PlainCache {
    var geometry: CacheGeometry
    var rows: [[UInt64]]

    init(_ geometry: CacheGeometry) {
      self.geometry = geometry
      rows = Array(repeating: [], count: geometry.sets)
    }

    mutating func access(_ address: UInt64) -> Bool {
      let line = address / UInt64(geometry.lineBytes)
      let row = Int(line % UInt64(geometry.sets))
      let place = rows[row].firstIndex(of: line)
      if let place { rows[row].remove(at: place) }
      rows[row].insert(line, at: 0)
      if rows[row].count > geometry.ways { rows[row].removeLast() }
      return place != nil
    }
  }

  @Test("three levels agree with plain lists", arguments: 0..<6 as Range<UInt64>)
  func model(seed: UInt64) {
    let shapes = [(4, 2), (8, 3), (16, 4)].map {
      CacheGeometry(sets: $0.0, ways: $0.1, lineBytes: 64)
    }
    var caches = DataCaches(
      CacheHierarchyGeometry(
        l1Data: shapes[0], l1Instruction: shapes[0], l2: shapes[1], l3: shapes[2]))
    var (data, instruction) = (PlainCache(shapes[0]), PlainCache(shapes[0]))
    var (second, third) = (PlainCache(shapes[1]), PlainCache(shapes[2]))
    var random = SplitMix64(seed: seed)
    var found: [DataCaches.Level: Int] = [:]
    for step in 0..<20_000 {
      let address = random.next(upperBound: 1 << 13)
      let isFetch = random.next() & 3 == 0
      let level = caches.access(address, isFetch ? .execute : .read)
      found[level, default: 0] += 1
      var expected = DataCaches.Level.memory
      if isFetch ? instruction.access(address) : data.access(address) {
        expected = .first
      } else if second.access(address) {
        expected = .second
      } else if third.access(address) {
        expected = .third
      }
      guard level == expected else {
        Issue.record("seed \(seed) step \(step): \(level), expected \(expected)")
        return
      }
    }
    // The stream reaches every level.
    #expect(DataCaches.Level.allCases.allSatisfy { found[$0, default: 0] > 100 })
    #expect(caches.l3?.misses == found[.memory])
  }

  @Test("a level that is left out never has the line")
  func without() {
    var none = DataCaches(
      CacheHierarchyGeometry(l1Data: nil, l1Instruction: nil, l2: nil, l3: nil))
    #expect(none.access(64, .read) == .memory && none.access(64, .read) == .memory)
    #expect(none.l1Data == nil)
    var presets = DataCaches(TranslationGeometry.zen4.caches)
    #expect(presets.access(0x1234, .write) == .memory && presets.access(0x1235, .read) == .first)
  }
}
