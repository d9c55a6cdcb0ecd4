import Foundation
import Testing

@Suite("The timeline of framelab machine")
struct MachineTimelineTests {
  private func timeline(
    _ script: String, code: Int32 = 0
  ) throws -> (events: [[String: Any]], output: String) {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let outcome = try Tool.run(
      ["machine", script, "--json", "--timeline", "t.json"], folder: folder.path)
    #expect(outcome.code == code, "\(outcome.errors)")
    let data = try Data(contentsOf: folder.appending(path: "t.json"))
    let whole = try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    return (try #require(whole["traceEvents"] as? [[String: Any]]), outcome.output)
  }

  @Test("a script's faults are slices on a core, and its answers stay as they were")
  func script() throws {
    let script = "\(Tool.checkout)/Workloads/machine/fork.machine"
    let (events, output) = try timeline(script)
    #expect(try Tool.run(["machine", script, "--json"]).output == output)
    let faults = events.filter { $0["name"] as? String == "page fault" }
    #expect(!faults.isEmpty)
    for fault in faults {
      #expect(fault["ph"] as? String == "X")
      #expect((fault["dur"] as? Double ?? 0) > 0)
      let arguments = try #require(fault["args"] as? [String: Any])
      #expect((arguments["address"] as? String)?.hasPrefix("0x") == true)
    }
    let names = Set(events.compactMap { $0["name"] as? String })
    #expect(names.isSuperset(of: ["fork", "copied", "frames in use", "thread_name", "walk"]))
    // Every fault of vmstat is there.
    let lines = try Tool.run(["machine", script, "--quiet", "--vmstat"]).output
    let count = try #require(lines.firstMatch(of: /(?m)^pgfault ([0-9]+)$/))
    #expect(faults.count == Int(count.1))
  }

  @Test("a script that fails leaves its timeline, one that cannot be read does not")
  func failures() throws {
    let script = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString).machine")
    defer { try? FileManager.default.removeItem(at: script) }
    try Data("spawn A\nload A 0x1000 1\n".utf8).write(to: script)
    let (events, _) = try timeline(script.path, code: 1)
    #expect(events.contains { $0["name"] as? String == "signal" })
    let outcome = try Tool.run(["machine", "/none", "--timeline", "/nonexistent/t.json"])
    #expect(outcome.code == 2)
    #expect(outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
  }
}
