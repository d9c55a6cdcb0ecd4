import Foundation
import Testing

@Suite("The result folder of framelab bench")
struct BenchFolderTests {
  /// A folder to work in, which is removed afterwards.
  private func scratch(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try body(folder)
  }

  private func bench(_ output: String, in folder: URL) throws -> Tool.Outcome {
    try Tool.run(
      [
        "bench", "--memory", "16MiB", "--repetitions", "1", "--patterns", "bulk", "--orders", "0",
        "--allocators", "list-buddy", "-o", output,
      ], folder: folder.path)
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("a slash at the end is no part of the name, of a new folder and of an earlier result")
  func slashes() throws {
    try scratch { folder in
      for output in ["new/", "new//", "deep/er/"] {
        let outcome = try bench(output, in: folder)
        #expect(outcome.code == 0, "\(outcome.errors)")
      }
      #expect(try names(folder) == ["deep", "new"])
      for place in ["new", "deep/er"] {
        #expect(try names(folder.appending(path: place)) == ["report.html", "result.json"])
      }
      let empty = try bench("", in: folder)
      #expect(empty.code == 2 && empty.errors.hasPrefix("framelab: --output: expected"))
    }
  }

  @Test("other files in the folder of an earlier result stay; an empty folder is filled")
  func keeps() throws {
    try scratch { folder in
      let place = folder.appending(path: "keep")
      try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
      #expect(try bench("keep", in: folder).code == 0)
      let notes = place.appending(path: "notes.txt")
      try Data("mine".utf8).write(to: notes)
      try Data("old".utf8).write(to: place.appending(path: "report.html"))
      #expect(try bench("keep/", in: folder).code == 0)
      #expect(try String(contentsOf: notes, encoding: .utf8) == "mine")
      #expect(try names(place) == ["notes.txt", "report.html", "result.json"])
      let page = try String(contentsOf: place.appending(path: "report.html"), encoding: .utf8)
      #expect(page != "old")
    }
  }

  @Test(
    "a result.json of something else, and what is no folder, is refused before anything is measured",
    arguments: [#"{"schema":1,"measured":{}}"#, "no JSON", "[]", ""])
  func refuses(contents: String) throws {
    try scratch { folder in
      let file = folder.appending(path: "result.json")
      try Data(contents.utf8).write(to: file)
      for output in [folder.path, folder.path + "/"] {
        let outcome = try bench(output, in: folder)
        #expect(outcome.code == 2 && outcome.output.isEmpty)
        #expect(outcome.errors.contains("its result.json is no result of framelab bench"))
        #expect(outcome.errors.split(separator: "\n").count == 1)
      }
      #expect(try String(contentsOf: file, encoding: .utf8) == contents)
      let outcome = try bench("result.json/below", in: folder)
      #expect(outcome.code == 2 && outcome.errors.contains("result.json is no folder"))
      #expect(try names(folder) == ["result.json"])
    }
  }
}
