import Foundation
import Testing

@Suite("Recordings of other tools on the command line")
struct TraceConvertTests {
  static let fixtures = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appending(path: "TraceFormatsTests/Fixtures").path

  static let rep = "20000\n3\n6\n1\na 0 512\na 1 128\nr 0 640\nf 1\na 2 16\nf 0\n"

  /// Runs `body` in an empty folder.
  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func json(_ text: String) throws -> [String: Any] {
    try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
  }

  @Test("convert writes a recording that says what the original says, and its assumptions")
  func converts() throws {
    try inFolder { folder in
      try Data(Self.rep.utf8).write(to: folder.appending(path: "short.rep"))
      for (file, name, events) in [
        ("short.rep", "short", 6),
        ("\(Self.fixtures)/heaptrack-sqlite3.zst", "heaptrack-sqlite3", 25_989),
        ("\(Self.fixtures)/heaptrack-sqlite3.raw.zst", "heaptrack-sqlite3", 25_989),
      ] {
        let made = try Tool.run(["trace", "convert", file, "--json"], folder: folder.path)
        #expect(made.code == 0, "\(made.errors)")
        let info = try Tool.run(
          ["trace", "info", "\(name).fltrace", "--json"], folder: folder.path)
        let (before, after) = (try json(made.output), try json(info.output))
        #expect(after["event_count"] as? Int == events)
        for key in ["span_ns", "live_peak_bytes", "threads"] {
          #expect(before[key] as? Int == after[key] as? Int)
        }
        #expect((after["caveats"] as? [String])?.isEmpty == false)
        try FileManager.default.removeItem(at: folder.appending(path: "\(name).fltrace"))
      }
      let lifo = try Tool.run(
        [
          "trace", "convert", "\(Self.fixtures)/heaptrack-sqlite3.zst", "--pairing", "lifo", "-o",
          "lifo.fltrace",
        ], folder: folder.path)
      #expect(lifo.code == 0)
      #expect(lifo.output.contains("--pairing lifo"))
    }
  }

  @Test("lackey's text becomes a recording of references, and info says the same of both")
  func references() throws {
    try inFolder { folder in
      let text = "\(Self.fixtures)/lackey-true.zst"
      let made = try Tool.run(["trace", "convert", text, "--json"], folder: folder.path)
      #expect(made.code == 0, "\(made.errors)")
      let infos = try ["lackey-true.fltrace", text].map {
        try json(try Tool.run(["trace", "info", $0, "--json"], folder: folder.path).output)
      }
      for info in infos + [try json(made.output)] {
        #expect(info["reference_count"] as? Int == 167_440)
        #expect((info["references"] as? [String: Int])?["instruction"] == 127_771)
        #expect(info["pages_4kib"] as? Int == 138)
        #expect(info["origin"] as? String == "lackey")
        #expect((info["caveats"] as? [String])?.count == 1)
      }
      let shown = try Tool.run(["trace", "info", "lackey-true.fltrace"], folder: folder.path)
      #expect(shown.output.hasPrefix("lackey-true.fltrace: 167,440 memory references"))
      // What is for heaps alone is refused, on both sides.
      try Data("recording: lackey-true.fltrace\n".utf8)
        .write(to: folder.appending(path: "heap.yaml"))
      for arguments in [
        ["trace", "convert", text, "--seed", "3", "-o", "x.fltrace"], ["run", "heap.yaml"],
      ] {
        let refused = try Tool.run(arguments, folder: folder.path)
        #expect(refused.code == 2)
        #expect(refused.errors.count { $0 == "\n" } == 1, "\(refused.errors)")
      }
    }
  }

  @Test("a recording made by others goes through run with a short experiment file")
  func runs() throws {
    try inFolder { folder in
      try Data(Self.rep.utf8).write(to: folder.appending(path: "short.rep"))
      for file in ["short.rep", "\(Self.fixtures)/heaptrack-sqlite3.raw.zst"] {
        let experiment = "recording: \(file)\ninstances: 2\nseed: 1\nsystems: [list-buddy]\n"
        try Data(experiment.utf8).write(to: folder.appending(path: "foreign.yaml"))
        let outcome = try Tool.run(
          ["run", "foreign.yaml", "--output", "result-\(file.count)"], folder: folder.path)
        #expect(outcome.code == 0, "\(outcome.errors)")
        let result = folder.appending(path: "result-\(file.count)/result.json")
        #expect(FileManager.default.fileExists(atPath: result.path))
      }
    }
  }

  @Test("bad input and bad options end with exit code 2 and one line")
  func refuses() throws {
    try inFolder { folder in
      try Data("a b c\n".utf8).write(to: folder.appending(path: "bad.rep"))
      try Data(Self.rep.utf8).write(to: folder.appending(path: "short.fltrace"))
      for arguments in [
        ["bad.rep"], ["none.rep"], ["bad.rep", "--pairing", "random"],
        ["bad.rep", "--spacing", "9"],
        ["short.fltrace"], ["short.fltrace", "-o", "/nonexistent/x.fltrace"],
      ] {
        let outcome = try Tool.run(["trace", "convert"] + arguments, folder: folder.path)
        #expect(outcome.code == 2, "\(arguments)")
        #expect(outcome.output.isEmpty)
        #expect(outcome.errors.hasPrefix("framelab: "))
        #expect(outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
      }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
      #expect(left == ["bad.rep", "short.fltrace"])
    }
  }

  @Test("a file that convert named itself is not replaced unasked")
  func keepsOlder() throws {
    try inFolder { folder in
      try Data(Self.rep.utf8).write(to: folder.appending(path: "short.rep"))
      let older = folder.appending(path: "short.fltrace")
      try Data("older".utf8).write(to: older)
      let refused = try Tool.run(["trace", "convert", "short.rep"], folder: folder.path)
      #expect(refused.code == 2)
      #expect(refused.errors.hasPrefix("framelab: short.fltrace exists; --output"))
      #expect(try Data(contentsOf: older) == Data("older".utf8))
      let asked = try Tool.run(
        ["trace", "convert", "short.rep", "-o", "short.fltrace"], folder: folder.path)
      #expect(asked.code == 0, "\(asked.errors)")
      #expect(try Data(contentsOf: older) != Data("older".utf8))
    }
  }
}
