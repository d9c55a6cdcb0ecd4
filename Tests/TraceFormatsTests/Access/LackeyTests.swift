import Foundation
import Testing
import TraceFormats

@Suite("valgrind's lackey")
struct LackeyTests {
  static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "Fixtures/lackey-true.zst").path

  private func read(_ text: String) throws -> (records: [AccessRecord], caveats: [String]) {
    let file = try TemporaryFile(text)
    var reader = try LackeyReader(path: file.path)
    return (try reader.rest(), reader.caveats)
  }

  static let start = """
    ==7== Lackey, an example Valgrind tool
    ==7== Command: ./a
    ==7==
    I  04001000,3
     L 1ffeffe7e0,8
     S 1ffeffe7d8,32
     M ffffffffff600000,4

    """

  @Test("markers, hexadecimal addresses and decimal sizes become references")
  func reads() throws {
    let expected = [
      AccessRecord(.instruction, address: 0x0400_1000, size: 3),
      AccessRecord(.load, address: 0x1f_feff_e7e0, size: 8),
      AccessRecord(.store, address: 0x1f_feff_e7d8, size: 32),
      AccessRecord(.modify, address: 0xffff_ffff_ff60_0000, size: 4),
    ]
    let (records, caveats) = try read(Self.start)
    #expect(records == expected)
    #expect(caveats.count == 1 && caveats[0].hasPrefix("The addresses are those"))
    #expect(try read(Self.start.replacing("\n", with: "\r\n")).records == expected)
    #expect(try read(Self.start + " L 10,8").records.count == 5, "the last line ends the file")
  }

  @Test("what the program prints is passed over, counted and noted")
  func mixed() throws {
    let text =
      "hello\n" + Self.start + " S omething\nInteresting: 04001000,3\nno newlineI  04001003,5\n"
      + "--7-- warning\n**7** note\nÄ\n L 10,1\n"
    let (records, caveats) = try read(text)
    #expect(records.count == 5)
    #expect(caveats.last?.hasPrefix("5 lines were neither references nor valgrind's own") == true)
  }

  @Test("a text that ends within a reference gives those before it")
  func cutOff() throws {
    for end in [" L 1ffe", " L 1ffe,", "I  1"] {
      let (records, caveats) = try read(Self.start + end)
      #expect(records.count == 4)
      #expect(caveats.last == "The text ends in the middle of a reference.")
    }
  }

  @Test(
    "bad input is refused with the line and what was expected",
    arguments: [
      (" L 1ffeffe7e0\n", "line 8: expected ADDRESS,SIZE: a hex number and one from 1 to 4096"),
      (" L 1ffeffe7e0,\n", "line 8: expected ADDRESS,SIZE"),
      (" S 1ffeffe7e0,0\n", "line 8: expected ADDRESS,SIZE"),
      (" S 1ffeffe7e0,4097\n", "line 8: expected ADDRESS,SIZE"),
      ("I  1ffx,8\n", "line 8: expected ADDRESS,SIZE"),
      ("I  11112222333344445,8\n", "line 8: expected ADDRESS,SIZE"),
      ("I  10,8 \n", "line 8: expected ADDRESS,SIZE"),
      ("\n \u{0}\n", "line 9: holds a zero byte; expected text, as lackey writes it"),
    ])
  func badInput(text: String, message: String) throws {
    let error = #expect(throws: TraceError.self) { try read(Self.start + text) }
    #expect(error?.description.contains(": " + message) == true, "\(error as Any)")
  }

  @Test("a text without references is refused, and not taken for lackey's")
  func foreign() throws {
    for text in ["", "hello\n", "a 0 512\n", "v 10400 3\nI 1000 3e8\n"] {
      let error = #expect(throws: TraceError.self) { try read(text) }
      #expect(error?.message.hasPrefix("holds no reference; expected") == true)
      let file = try TemporaryFile(text)
      #expect(!AccessInput.recognises(path: file.path))
    }
    for text in ["hello\n" + Self.start, "==1== Lackey, an example\n"] {
      let file = try TemporaryFile(text)
      #expect(AccessInput.recognises(path: file.path))
    }
    #expect(!AccessInput.recognises(path: "/nonexistent"))
  }

  @Test("a real text goes into a recording and comes out the same; lackey's own count agrees")
  func real() throws {
    var reader = try LackeyReader(path: Self.fixture)
    let records = try reader.rest()
    #expect(records.count == 167_440)
    let file = try TemporaryFile("")
    let summary = try AccessInput(path: Self.fixture).convert(to: file.path).summary
    // "guest instrs: 127,771" in the text; the others by grep.
    #expect(summary.count(.instruction) == 127_771)
    var input = try AccessInput(path: file.path)
    #expect(try input.rest() == records)
    #expect(input.origin == "lackey")
    #expect(input.caveats == reader.caveats)
    #expect(
      try Data(contentsOf: URL(filePath: file.path)).count < 75_059, "the text under zstd -19")
  }

  @Test("figures of a summary are those of an obvious count")
  func summary() throws {
    var reader = try LackeyReader(path: Self.fixture)
    var records = try reader.rest()
    records += randomAccesses(seed: 31, count: 20_000)
    var summary = AccessTraceSummary()
    for start in stride(from: 0, to: records.count, by: 1000) {
      summary.add(Array(records[start..<min(start + 1000, records.count)]))
    }
    var pages: [UInt64: Set<AccessRecord.Kind>] = [:]
    var crossings = 0
    var highest: UInt64 = 0
    for record in records {
      let (sum, wraps) = record.address.addingReportingOverflow(UInt64(record.size) - 1)
      let end = wraps ? .max : sum
      highest = max(highest, end)
      let touched = Set([record.address >> 12, end >> 12])
      if touched.count > 1 { crossings += 1 }
      for page in touched { pages[page, default: []].insert(record.kind) }
    }
    #expect(summary.referenceCount == records.count)
    for kind in AccessRecord.Kind.allCases {
      #expect(summary.count(kind) == records.count { $0.kind == kind })
    }
    #expect(summary.pageCount == pages.count)
    #expect(summary.codePageCount == pages.values.count { $0.contains(.instruction) })
    #expect(
      summary.writtenPageCount == pages.values.count { $0.contains(.store) || $0.contains(.modify) }
    )
    #expect(summary.largePageCount == Set(pages.keys.map { $0 >> 9 }).count)
    #expect(summary.crossingCount == crossings)
    #expect(summary.lowestAddress == records.map(\.address).min())
    #expect(summary.highestAddress == highest)
  }

  @Test("gzip gives what plain text gives")
  func compressed() throws {
    let plain = try TemporaryFile(Self.start)
    for tool in ["gzip", "zstd"] where ForeignInputTests.has(tool) {
      let file = try TemporaryFile(try ForeignInputTests.filter(tool, Self.start))
      var one = try AccessInput(path: plain.path)
      var other = try AccessInput(path: file.path)
      let (text, unpacked) = (try one.rest(), try other.rest())
      #expect(text == unpacked)
      #expect(AccessInput.recognises(path: file.path))
    }
  }

  static let valgrind = "/usr/bin/valgrind"

  @Test(
    "a program traced now: as many instructions as lackey counted",
    .enabled(if: FileManager.default.isExecutableFile(atPath: valgrind), "no valgrind"))
  func live() throws {
    let file = try TemporaryFile("")
    let process = Process()
    process.executableURL = URL(filePath: Self.valgrind)
    process.arguments = [
      "--tool=lackey", "--trace-mem=yes", "--log-file=\(file.path)", "/bin/true",
    ]
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    let text = try String(contentsOfFile: file.path, encoding: .utf8)
    let count = try #require(text.firstMatch(of: /guest instrs: +([0-9,]+)/))
    var reader = try LackeyReader(path: file.path)
    let records = try reader.rest()
    #expect(
      records.count { $0.kind == .instruction } == Int(count.1.filter { $0 != "," }))
    #expect(reader.caveats.count == 1)
  }
}
