import Foundation
import Testing
import TraceFormats

@Suite("heaptrack recordings")
struct ForeignHeaptrackTests {
  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("Fixtures").path

  static let header = "v 10400 3\nX prog\nI 1000 100\n"

  @Test(
    "a recording by heaptrack 1.4 has the figures that heaptrack_print gives for it",
    arguments: ["heaptrack-sqlite3.raw.zst", "heaptrack-sqlite3.zst"])
  func fixture(name: String) throws {
    for pairing in ObjectPairing.allCases {
      let trace = try HeapTrace.load(
        path: "\(Self.fixtures)/\(name)", options: ForeignOptions(pairing: pairing))
      let audit = TraceAudit(trace)
      #expect(audit.allocations == 13_002)
      #expect(audit.liveObjects == 15)
      #expect(trace.origin == "heaptrack")
      #expect(trace.spanNs == 10_000_000)
      #expect(trace.residentSamples.count == 1)
      #expect(trace.residentSamples.first?.residentBytes == 0x6b9 * 4096)
      // Printed as 822.20K.
      #expect((822_195...822_205).contains(audit.peakBytes), "\(audit.peakBytes)")
      #expect(trace.slotCount < 2000)
      #expect(
        trace.caveats.contains { $0.contains("--pairing \(pairing.rawValue)") }
          == !name.contains("raw"))
    }
  }

  @Test("FIFO frees the oldest object of a class, LIFO the youngest; raw files say which")
  func pairing() throws {
    let events = "a 10 1\na 20 1\n+ 0\n+ 1\n+ 0\n+ 0\n- 0\n- 1\n- 0\n- 0\nc 9\n"
    func freed(_ pairing: ObjectPairing) throws -> [UInt32] {
      let trace = try readForeign(Self.header + events, ForeignOptions(pairing: pairing))
      #expect(TraceAudit(trace).liveObjects == 0)
      return trace.records.filter { $0.operation == .free }.map(\.slot)
    }
    #expect(try freed(.fifo) == [0, 1, 2, 3])
    #expect(try freed(.lifo) == [3, 1, 2, 0])
    let raw = try readForeign(
      Self.header + "+ 10 1 a0\n+ 20 1 b0\n+ 10 1 c0\n- c0\n- a0\n- b0\nc 9\n")
    #expect(raw.records.filter { $0.operation == .free }.map(\.slot) == [2, 0, 1])
    #expect(raw.records.map(\.size) == [0x10, 0x20, 0x10, 0, 0, 0])
  }

  @Test("events are spread evenly between the time stamps, those behind the last one by spacing")
  func times() throws {
    let trace = try readForeign(
      Self.header + "c 2\n+ 8 1 a\n+ 8 1 b\n+ 8 1 c\n+ 8 1 d\nR 5\nc a\nR 6\n- a\n- b\n")
    #expect(
      trace.records.map(\.timeNs) == [
        2_000_000, 4_000_000, 6_000_000, 8_000_000, 10_001_000, 10_002_000,
      ])
    #expect(trace.spanNs == 10_002_000)
    #expect(
      trace.residentSamples == [
        ResidentSample(timeNs: 2_000_000, residentBytes: 5 * 4096, anonHugeBytes: 0),
        ResidentSample(timeNs: 10_000_000, residentBytes: 6 * 4096, anonHugeBytes: 0),
      ])
    #expect(trace.caveats.contains { $0.contains("2 events behind the last time stamp") })
  }

  @Test("what a raw recording cannot know is counted and said")
  func rawGaps() throws {
    let trace = try readForeign(Self.header + "- ff\n+ 8 1 a\n+ 9 1 a\n- a\nc 1\n")
    let audit = TraceAudit(trace)
    #expect(audit.allocations == 2 && audit.liveObjects == 0)
    #expect(trace.caveats.contains { $0.hasPrefix("1 frees of pointers that were never") })
    #expect(trace.caveats.contains { $0.hasPrefix("1 pointers were handed out again") })
  }

  @Test("line breaks in the command line and in strings are no events")
  func lineBreaks() throws {
    let trace = try readForeign(
      "v 10400 3\nX python3 -c import json\n+ 5\nI am text\nI 1000 1\ns 5 a\n+ 9\n"
        + "a 8 1\n+ 0\nc 1\n")
    #expect(trace.records.count == 1)
  }

  @Test(
    "bad input is refused with the line and what was expected",
    arguments: [
      ("+ 0\n", "line 4: allocation class 0 is not declared; 0 are"),
      ("a 8 1\n+ 0\n- 0\n- 0\n", "line 7: free of allocation class 0, which has no live object"),
      ("a 8 1\n+ 0\n- 1\n", "line 6: allocation class 1 is not declared; 1 are"),
      ("a 8 1\n+ 0\n+ 8 1 a\n", "line 6: an event with pointer in an interpreted file; "),
      ("+ 8 1 a\n+ 8\n", "line 5: an event without pointer in a raw file; "),
      ("+ 8 1\n", "line 4: expected '+ size trace pointer'"),
      ("+ x\n", "line 4: expected '+ class' or '+ size trace pointer' in hex"),
      ("- 1 2\n", "line 4: expected '- class' or '- pointer' in hex"),
      ("+ fffffffffffffffff 1 1\n", "line 4: expected '+ class'"),
      ("+ ffffffffffffffff 1 1\n", "line 4: expected '+ size trace pointer' in hex, the size be"),
      ("a 8\n", "line 4: expected 'a size trace' in hex"),
      ("c 5\nc 4\n", "line 5: the clock goes back from 5 to 4 ms"),
      ("c -1\n", "line 4: expected 'c milliseconds' in hex"),
      ("R\n", "line 4: expected 'R resident-pages' in hex"),
      ("s zz\n", "line 4: expected 's length string'"),
      ("I 1001 1\n", "line 4: expected 'I page-size pages' in hex, the size a power of two"),
      ("hello\n", "line 4: no heaptrack line; expected one of "),
      ("c 4\n", "holds no heap event; expected + and - lines"),
    ])
  func badInput(text: String, message: String) throws {
    let error = try foreignError(Self.header + text)
    #expect(error.hasPrefix(message), "\(error)")
  }

  @Test("bad headers are refused")
  func badHeaders() throws {
    #expect(
      try foreignError("v 10500 4\n")
        == "line 1: heaptrack file format 4; this reader knows 1 to 3")
    #expect(try foreignError("v x\n").hasPrefix("line 1: expected 'v heaptrack-version"))
    #expect(
      try foreignError("v 10400 3\nR 5\n")
        == "line 2: 'R resident-pages' before 'I page-size pages'")
    #expect(
      try foreignError("v 10400 3\nX prog\n+ 0\n")
        == "no line 'I page-size pages' behind the command line")
  }
}
