import Foundation
import Testing

@Suite("What an output may replace")
struct OutputTests {
  /// Every command that writes one file, without its output; `short.rep` and `result` are there.
  static let commands = [
    ["trace", "convert", "short.rep", "-o"],
    ["report", "result", "-o"],
  ]

  private func inFolder(_ body: (URL) throws -> Void) throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(TraceConvertTests.rep.utf8).write(to: folder.appending(path: "short.rep"))
    try Data("recording: short.rep\nsystems: [list-buddy]\nrepetitions: 1\n".utf8).write(
      to: folder.appending(path: "trial.yaml"))
    let run = try Tool.run(["run", "trial.yaml", "--output", "result"], folder: folder.path)
    try #require(run.code == 0, "\(run.errors)")
    try body(folder)
  }

  /// What went wrong; an installation without charts has a note beside it.
  private static func lines(_ outcome: Tool.Outcome) -> [Substring] {
    outcome.errors.split(separator: "\n").filter { !$0.hasPrefix("framelab: note: ") }
  }

  private func type(_ path: String) throws -> FileAttributeType? {
    try FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType
  }

  @Test("a FIFO is refused, also behind a link and under the temporary name")
  func special() throws {
    try inFolder { folder in
      let fifo = folder.appending(path: "fifo").path
      try #require(unsafe mkfifo(fifo, 0o600) == 0)
      try #require(unsafe mkfifo(folder.appending(path: "growing.partial").path, 0o600) == 0)
      try FileManager.default.createSymbolicLink(
        atPath: folder.appending(path: "link").path, withDestinationPath: "fifo")
      for command in Self.commands {
        for name in ["fifo", "link", "growing"] {
          let outcome = try Tool.run(command + [name], folder: folder.path)
          // A page's temporary file is the host's affair, its name is the user's.
          #expect(outcome.code == (name == "growing" && command[0] == "report" ? 3 : 2))
          #expect(outcome.errors.contains("is a FIFO; expected a regular file"))
          #expect(Self.lines(outcome).count == 1, "\(outcome.errors)")
        }
      }
      #expect(try type(fifo) != .typeRegular)
      #expect(try type(folder.appending(path: "link").path) == .typeSymbolicLink)
    }
  }

  @Test("a symbolic link stays, and the file it leads to is written, there or not yet")
  func links() throws {
    try inFolder { folder in
      try FileManager.default.createDirectory(
        at: folder.appending(path: "kept"), withIntermediateDirectories: true)
      for (index, command) in Self.commands.enumerated() {
        let link = folder.appending(path: "link\(index)").path
        let target = folder.appending(path: "kept/target\(index)")
        try FileManager.default.createSymbolicLink(
          atPath: link, withDestinationPath: "kept/target\(index)")
        for older in [nil, "older"] {
          if let older { try Data(older.utf8).write(to: target) }
          let outcome = try Tool.run(command + ["link\(index)"], folder: folder.path)
          #expect(outcome.code == 0, "\(outcome.errors)")
          #expect(try type(link) == .typeSymbolicLink)
          #expect(try Data(contentsOf: target).count > 100)
        }
      }
      let left = try FileManager.default.contentsOfDirectory(
        atPath: folder.appending(path: "kept").path)
      #expect(left.sorted() == ["target0", "target1"])
    }
  }

  @Test("a page that the host does not take ends with exit code 3 and the kernel's words")
  func hostFailure() throws {
    try inFolder { folder in
      let outcome = try Tool.run(["report", "result", "-o", "/proc/x.html"], folder: folder.path)
      #expect(outcome.code == 3)
      #expect(
        Self.lines(outcome) == [
          "framelab: /proc/x.html: cannot be created: No such file or directory"
        ])
    }
  }
}
