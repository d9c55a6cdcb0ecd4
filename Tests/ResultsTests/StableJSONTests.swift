import Foundation
import Results
import Testing

@Suite("result.json")
struct StableJSONTests {
  @Test("has the same deterministic part, byte for byte, whatever the host and the clock did")
  func deterministicPart() throws {
    var slow = Samples.repetition(3)
    slow.timing = Timing(wallNs: 99_999, cpuNs: 12, records: 3)
    let here = Samples.result([Samples.repetition(3)], host: "here")
    let there = Samples.result([slow], host: "there")
    #expect(try StableJSON.encode(here) != StableJSON.encode(there))
    #expect(
      try StableJSON.encode(here.deterministic) == StableJSON.encode(there.deterministic))
    #expect(here.measured.timings["a"] == [Timing(wallNs: 5, cpuNs: 4, records: 3)])
    #expect(here.deterministic.systems.map(\.name) == ["a"])
    #expect(here.measured.systems.map(\.name) == ["b"])
  }

  @Test("carries findings, and reads back as what was written")
  func roundTrip() throws {
    let result = Samples.result([Samples.repetition(3)])
    let data = try StableJSON.encode(result)
    #expect(try StableJSON.decode(RunResult.self, from: data) == result)
    let text = String(decoding: data, as: UTF8.self)
    #expect(text.contains("\"held_per_live\":2"))
    #expect(text.contains("\"summary\""))
  }

  @Test("is laid out in lines without changing a value")
  func layout() throws {
    let value: [String: [String]] = [
      "long": (0..<40).map { "item \($0) \\ \"quoted\" [{,}]" }, "short": ["a", "b,c"],
      "empty": [],
    ]
    let data = try StableJSON.encode(value)
    #expect(try StableJSON.decode([String: [String]].self, from: data) == value)
    let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
    #expect(lines.count == 46)
    #expect(lines.allSatisfy { $0.count < 110 })
  }

  @Test("that cannot be used is refused in one line that names the file and the place")
  func refusals() throws {
    let scratch = try ScratchFolder()
    let path = scratch.path + "/result.json"
    func refusal(_ text: String) -> String? {
      do {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path))
        _ = try RunResult.read(scratch.path)
        return nil
      } catch { return "\(error)" }
    }
    #expect(refusal("{") == "\(path): is no framelab result: it is not JSON")
    #expect(refusal("{}")?.contains("schema is missing at the top") == true)
    #expect(refusal("{\"schema\": 1}")?.contains("is missing at the top") == true)
    #expect(refusal("{\"schema\": \"x\"}")?.contains("schema has the wrong type") == true)
    #expect(refusal("{\"schema\": 999}")?.contains("schema 999 is newer") == true)
    let whole = try String(
      decoding: StableJSON.encode(Samples.result([Samples.repetition(1)])), as: UTF8.self)
    let broken = whole.replacingOccurrences(of: "\"held_bytes\":8192,", with: "")
    #expect(refusal(broken)?.contains("held_bytes is missing at") == true)
    #expect(refusal(whole) == nil)
    do {
      _ = try RunResult.read(scratch.path + "/nowhere")
      Issue.record("read a result that does not exist")
    } catch { #expect(error.description.hasSuffix("/nowhere: no such result")) }
  }
}
