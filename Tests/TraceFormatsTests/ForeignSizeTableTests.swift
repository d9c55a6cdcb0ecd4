import Testing
import TraceFormats

@Suite("Size tables")
struct ForeignSizeTableTests {
  static let table = "# fleet\nsize,rate,live\n64, 20000, 500\n4KiB,1000,2000\n1MiB,0,3\n"

  @Test("the process starts at the live counts and stays around them, with the rates of the table")
  func stationary() throws {
    let seed: UInt64 = 7
    let trace = try readForeign(
      Self.table, ForeignOptions(durationNs: 20_000_000_000, seed: seed))
    let audit = TraceAudit(trace)
    #expect(trace.spanNs == 20_000_000_000)
    #expect(trace.records.prefix(2503).allSatisfy { $0.timeNs == 0 && $0.operation == .allocate })
    func births(_ size: UInt64) -> Int { trace.records.count { $0.size == size } }
    // Poisson counts: six standard deviations around the mean.
    let small = 400_000.0 + 500
    #expect(abs(Double(births(64)) - small) < 6 * small.squareRoot(), "seed \(seed)")
    let pages = 20_000.0 + 2000
    #expect(abs(Double(births(4096)) - pages) < 6 * pages.squareRoot(), "seed \(seed)")
    #expect(births(1 << 20) == 3)
    func live(_ size: UInt64) -> Int { audit.sizes.count { $0 == size } }
    #expect(abs(Double(live(64)) - 500) < 6 * 500.0.squareRoot(), "seed \(seed)")
    #expect(abs(Double(live(4096)) - 2000) < 6 * 2000.0.squareRoot(), "seed \(seed)")
    #expect(live(1 << 20) == 3)
  }

  @Test("the same seed gives the same trace, another seed another one")
  func seeded() throws {
    let options = ForeignOptions(durationNs: 100_000_000, seed: 3)
    let first = try readForeign(Self.table, options)
    #expect(try readForeign(Self.table, options).records == first.records)
    var other = options
    other.seed = 4
    #expect(try readForeign(Self.table, other).records != first.records)
  }

  @Test("lifetimes are exponential: mean, variance, and the share that outlives the mean")
  func lifetimes() throws {
    let trace = try readForeign(
      "8,10000,1000\n", ForeignOptions(durationNs: 20_000_000_000, seed: 11))
    var born = [UInt32: UInt64]()
    var lifetimes = [Double]()
    for record in trace.records where record.timeNs < 18_000_000_000 {
      if record.operation == .allocate {
        born[record.slot] = record.timeNs
      } else if let start = born.removeValue(forKey: record.slot), start > 0 {
        lifetimes.append(Double(record.timeNs - start) / 1e9)
      }
    }
    let count = Double(lifetimes.count)
    let mean = lifetimes.reduce(0, +) / count
    let variance = lifetimes.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / count
    #expect(abs(mean - 0.1) < 0.001)
    #expect(abs(variance - 0.01) < 0.0005)
    let outliving = Double(lifetimes.count { $0 > 0.1 }) / count
    #expect(abs(outliving - 0.36788) < 0.01)
  }

  @Test(
    "bad input is refused with the line and what was expected",
    arguments: [
      ("8,1\n9,1,1\n", "is of no known format; expected a recording by framelab, heaptrack"),
      ("8,1,1\n9,1\n", "line 2: expected three columns size,rate,live; found 2"),
      ("8,1,1\n9x,1,1\n", "line 2: size '9x'; expected bytes below 2^47, such as 4096 or 64KiB"),
      ("8,-1,1\n", "line 1: rate '-1'; expected allocations per second, 0 or more"),
      ("8,nan,1\n", "line 1: rate 'nan'; expected allocations per second, 0 or more"),
      ("8,1,1.5\n", "line 1: live '1.5'; expected a number of objects, 0 or more"),
      ("size,rate,live\n", "no class has a rate or live objects"),
      ("8,0,0\n", "no class has a rate or live objects"),
      ("8,1e12,1\n", "would give about 20000000000001.0 events, more than 10^8; shorten --durat"),
      ("size,rate,live\nsize,rate,live\n", "line 2: size 'size'; expected bytes"),
    ])
  func badInput(text: String, message: String) throws {
    let error = try foreignError(text)
    #expect(error.hasPrefix(message), "\(error)")
  }
}
