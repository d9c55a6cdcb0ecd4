import MemoryUnits
import Testing
import TraceFormats

@Suite("Made-up memory references")
struct AccessGeneratorTests {
  private func all(
    _ pattern: AccessPattern, _ bytes: Int, _ count: Int, seed: UInt64 = 1
  ) throws -> [AccessRecord] {
    var generator = AccessGenerator(pattern, bytes: ByteCount(bytes), count: count, seed: seed)
    return try generator.rest()
  }

  @Test(
    "as many as asked for, in the range, aligned, and the same again",
    arguments: AccessPattern.allCases)
  func range(pattern: AccessPattern) throws {
    for (bytes, count) in [(1, 10), (64, 1000), (4096, 0), (100_000, 5000), (1 << 47, 3000)] {
      let records = try all(pattern, bytes, count)
      #expect(records.count == count)
      let end = 0x1000_0000_0000 + UInt64((bytes + 63) / 64 * 64)
      for record in records {
        #expect(record.address >= 0x1000_0000_0000 && record.address < end && record.size == 8)
        #expect(record.address % 8 == 0)
      }
      #expect(try all(pattern, bytes, count) == records)
    }
    if pattern != .sequential {
      #expect(try all(pattern, 100_000, 100) != all(pattern, 100_000, 100, seed: 2))
    }
  }

  @Test("a chase comes to every line once a round")
  func chase() throws {
    for lines in [1, 2, 3, 64, 1000, 4097] {
      let records = try all(.chase, lines * 64, 2 * lines)
      let addresses = records.map(\.address)
      #expect(Set(addresses[..<lines]).count == lines)
      #expect(addresses[..<lines] == addresses[lines...])
      #expect(records.allSatisfy { $0.kind == .load })
    }
    let steps = try all(.chase, 1 << 20, 1000).map { $0.address >> 12 }
    #expect(zip(steps, steps.dropFirst()).count { $0 == $1 } < 50, "it jumps from page to page")
  }

  @Test("a sequence goes word by word and begins again")
  func sequence() throws {
    let records = try all(.sequential, 4096, 600)
    #expect(
      records.enumerated().allSatisfy { $1.address == 0x1000_0000_0000 + UInt64($0 % 512 * 8) })
    #expect(records.count { $0.writes } == 150)
  }

  @Test("uniform and skewed references are spread as their names say")
  func spread() throws {
    let count = 200_000
    for (pattern, share) in [(AccessPattern.uniform, 0.1), (.skewed, 0.5623)] {
      let records = try all(pattern, 1 << 30, count)
      let low = records.count { $0.address - 0x1000_0000_0000 < (1 << 30) / 10 }
      // Five standard deviations of a count are below 1200.
      #expect(abs(low - Int(share * Double(count))) < 1200, "\(pattern): \(low)")
      #expect(abs(records.count { $0.writes } - count / 4) < 1200)
    }
  }
}
