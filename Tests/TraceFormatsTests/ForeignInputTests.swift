import Foundation
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
}
