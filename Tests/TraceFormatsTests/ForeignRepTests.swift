import Testing
import TraceFormats

@Suite("CMU malloc lab traces")
struct ForeignRepTests {
  @Test("operations become records, one event per spacing, slots are used again")
  func reads() throws {
    let text = "20000\n3\n7\n1\na 0 512\na 1 128\nr 0 640\nf 1\nf -1\na 2 16\nf 0\n"
    let trace = try readForeign(text, ForeignOptions(eventSpacingNs: 50))
    #expect(
      trace.records == [
        HeapRecord(.allocate, slot: 0, size: 512, timeNs: 50),
        HeapRecord(.allocate, slot: 1, size: 128, timeNs: 100),
        HeapRecord(.reallocate, slot: 0, size: 640, timeNs: 150),
        HeapRecord(.free, slot: 1, timeNs: 200),
        HeapRecord(.allocate, slot: 1, size: 16, timeNs: 250),
        HeapRecord(.free, slot: 0, timeNs: 300),
      ])
    #expect(trace.slotCount == 2)
    #expect(trace.spanNs == 300)
    #expect(trace.origin == "rep")
    #expect(trace.caveats.contains { $0.contains("no times: events are laid 50 ns apart") })
    #expect(trace.caveats.contains { $0.hasPrefix("1 frees of the null pointer") })
    #expect(TraceAudit(trace).liveBytes == 16)
    #expect(try readForeign(text.replacing("\n", with: "\r\n")).records.count == 6)
  }

  @Test(
    "bad input is refused with the line and what was expected",
    arguments: [
      ("100\n2\n", "line 2: the file ends in the header; expected the number of operations next"),
      ("100\n2\nx\n", "line 3: expected the number of operations, an integer up to 2^32"),
      ("1\n1\n2\n1\na 0 8\n", "the header promises 2 operations, the file has 1"),
      ("1\n1\n1\n1\na 5 8\n", "line 5: id 5; the header promises 1 ids, counted from 0"),
      ("1\n1\n1\n1\nf 0\n", "line 5: free of id 0, which is not allocated"),
      ("1\n1\n1\n1\nr 0 9\n", "line 5: realloc of id 0, which is not allocated"),
      ("1\n1\n1\n1\na 0 9\na 0 9\n", "line 6: id 0 is allocated twice without a free"),
      ("1\n1\n1\n1\na 0\n", "line 5: expected 'a id size', 'r id size' or 'f id', the size below"),
      ("1\n1\n1\n1\na 0 -8\n", "line 5: expected 'a id size', 'r id size' or 'f id', the size be"),
      ("1\n1\n1\n1\na 0 8 8\n", "line 5: expected 'a id size', 'r id size' or 'f id', the size b"),
      ("1\n1\n1\n1\nm 0 8\n", "line 5: expected 'a id size', 'r id size' or 'f id'"),
      ("1\n1\n1\n1\nfree\n", "line 5: expected 'a id size', 'r id size' or 'f id'"),
      ("1\n9\n1\n1\na 99999999999 8\n", "line 5: id 99999999999; the header promises 9 ids, "),
      ("1\n1\n0\n1\n", "holds no operation"),
    ])
  func badInput(text: String, message: String) throws {
    let error = try foreignError(text)
    #expect(error.hasPrefix(message), "\(error)")
  }
}
