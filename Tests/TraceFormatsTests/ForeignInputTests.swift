import Foundation
import MemoryUnits
import Testing
import TraceFormats

@Suite("Foreign recordings as files: compression, damage, unknown formats")
struct ForeignInputTests {
  static let rep =
    "100\n100000\n200000\n1\n"
    + (0..<100_000).map { "a \($0) \($0 + 1)\n" }.joined()
    + (0..<100_000).map { "f \($0)\n" }.joined()

  /// Runs `tool` as a filter.
  static func filter(_ tool: String, _ input: String) throws -> Data {
    let source = try TemporaryFile(input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
    process.arguments = [tool, "-c", source.path]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = try #require(try output.fileHandleForReading.readToEnd())
    process.waitUntilExit()
    return data
  }

  static func has(_ tool: String) -> Bool {
    ["/usr/bin", "/bin"].contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(tool)") }
  }

  @Test("plain, gzip and zstd give the same trace, in several members or frames too")
  func compression() throws {
    let plain = try readForeign(Self.rep)
    #expect(plain.records.count == 200_000)
    let half = Self.rep.index(Self.rep.startIndex, offsetBy: 700_001)
    for tool in ["gzip", "zstd"] where Self.has(tool) {
      let whole = try TemporaryFile(try Self.filter(tool, Self.rep))
      #expect(try HeapTrace.load(path: whole.path).records == plain.records)
      let joined = try TemporaryFile(
        try Self.filter(tool, String(Self.rep[..<half]))
          + Self.filter(tool, String(Self.rep[half...])))
      #expect(try HeapTrace.load(path: joined.path).records == plain.records)
    }
  }

  @Test("a compressed file that was cut off or damaged is refused")
  func damage() throws {
    for (tool, unit) in [("gzip", "gzip member"), ("zstd", "zstd frame")] where Self.has(tool) {
      let data = try Self.filter(tool, Self.rep)
      let cut = try TemporaryFile(data.prefix(data.count / 2))
      #expect(
        refusal(path: cut.path) == "ends in the middle of a \(unit); the recording was cut off")
      var broken = data
      for index in 0..<64 { broken[data.count / 2 + index] ^= 0x5a }
      let damaged = try TemporaryFile(broken)
      #expect(throws: TraceError.self) { try HeapTrace.load(path: damaged.path) }
    }
  }

  @Test("missing, empty, unknown and binary files are refused in one line")
  func unknown() throws {
    #expect(
      refusal(path: "/nonexistent/trace.rep") == "cannot be opened: No such file or directory")
    let empty = "is empty; expected a recording by framelab, heaptrack"
    #expect(try foreignError("").hasPrefix(empty))
    #expect(try foreignError("\n\n").hasPrefix(empty))
    #expect(try foreignError("hello world\n").hasPrefix("is of no known format; expected"))
    var noise = Data((0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ $0 >> 7) })
    noise[0] = 0
    let file = try TemporaryFile(noise)
    #expect(throws: TraceError.self) { try HeapTrace.load(path: file.path) }
    #expect(throws: TraceError.self) { try HeapTrace.load(path: "/tmp") }
  }

  @Test("random bytes are of no known format, whatever commas are among them")
  func randomBytes() throws {
    for seed in UInt64(1)...200 {
      var random = SplitMix64(seed: seed)
      var bytes = (0..<64).map { _ in UInt8(truncatingIfNeeded: random.next() | 0x80) }
      bytes[20] = UInt8(ascii: ",")
      bytes[40] = UInt8(ascii: ",")
      let file = try TemporaryFile(Data(bytes + [0x0a]))
      #expect(
        refusal(path: file.path).hasPrefix("is of no known format; expected"),
        "seed \(seed)")
    }
  }

  /// Small sound files of each format.
  static let seeds = [
    "v 10400 3\nX prog\nI 1000 100\ns 3 abc\na 10 1\na 20 1\n+ 0\n+ 1\nc 5\nR 3\n- 0\n+ 0\n- 1\nc 9\n",
    "v 10400 3\nx 4 prog\nX prog\nI 1000 100\n+ 10 1 a0\n+ 20 1 b0\nc 5\nR 3\n- a0\n+ 8 2 a0\nc 9\n",
    "20000\n3\n7\n1\na 0 512\na 1 128\nr 0 640\nf 1\nf -1\na 2 16\nf 0\n",
    "# fleet\nsize,rate,live\n64, 200, 50\n4KiB,10,20\n1MiB,0,3\n",
  ]

  @Test("any damage gives an error or a well-formed trace", arguments: 0..<4)
  func fuzz(format: Int) throws {
    let count = ProcessInfo.processInfo.environment["FRAMELAB_LONG"] == "1" ? 10_000 : 500
    let seed = UInt64(900 + format)
    var random = SplitMix64(seed: seed)
    let sound = Array(Self.seeds[format].utf8)
    let alphabet = Array("0123456789abcdef+-crRIsavXf,. \n\u{0}\u{ff}".utf8)
    func pick(_ bytes: [UInt8]) -> UInt8 {
      bytes[Int(random.next(upperBound: UInt64(bytes.count)))]
    }
    for round in 0..<count {
      var bytes = sound
      for _ in 0...random.next(upperBound: 4) {
        let at = Int(random.next(upperBound: UInt64(bytes.count)))
        switch random.next(upperBound: 4) {
        case 0: bytes[at] = pick(alphabet)
        case 1: bytes.insert(pick(alphabet), at: at)
        case 2: bytes.removeSubrange(at..<min(at + 3, bytes.count))
        default: bytes.insert(contentsOf: bytes[at..<min(at + 9, bytes.count)], at: at)
        }
        if bytes.isEmpty { bytes = [0x0a] }
      }
      let file = try TemporaryFile(Data(bytes))
      // The audit reports what is not well formed.
      if let trace = try? HeapTrace.load(
        path: file.path, options: ForeignOptions(durationNs: 10_000_000))
      {
        #expect(TraceAudit(trace).allocations >= 0, "seed \(seed), round \(round)")
      }
    }
  }

  @Test("times that lead beyond the end of the clock are refused")
  func endlessTimes() throws {
    #expect(throws: TraceError.self) {
      try readForeign(Self.seeds[2], ForeignOptions(eventSpacingNs: .max / 3))
    }
    #expect(throws: TraceError.self) {
      try readForeign(
        Self.seeds[1] + "- b0\n", ForeignOptions(eventSpacingNs: .max - 1_000_000))
    }
  }
}
