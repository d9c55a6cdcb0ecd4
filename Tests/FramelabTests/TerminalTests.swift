import Foundation
import Testing

/// What a person who watches sees, through a pseudo-terminal of script(1).
@Suite("On a terminal", .enabled(if: FileManager.default.isExecutableFile(atPath: Screen.script)))
struct TerminalTests {
  /// Eight repetitions: more than the two seconds after which bars appear.
  private static let experiment = """
    recording: \(Tool.checkout)/Workloads/sqlite-vacuum.fltrace
    instances: 4
    repetitions: 8
    systems: [list-buddy]
    """

  @Test("a long run draws bars with the time that is left, without colours under NO_COLOR")
  func progress() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-terminal-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let file = folder.appending(path: "trial.yaml")
    try Self.experiment.write(to: file, atomically: true, encoding: .utf8)
    let screen = try Screen.show(
      ["run", file.path, "--output", folder.appending(path: "result").path],
      environment: ["NO_COLOR": "1"])
    #expect(screen.code == 0)
    #expect(screen.output.contains("list-buddy"))
    #expect(screen.output.contains("eta "))
    #expect(screen.output.contains("100%"))
    // Rows are drawn over, and nothing is coloured.
    #expect(screen.output.contains("\u{1B}[2A"))
    #expect(!screen.output.contains("m", after: "\u{1B}[3"))
  }

  @Test("NO_COLOR and a pipe get the same text", arguments: ["doctor", "--help"])
  func plain(argument: String) throws {
    let screen = try Screen.show([argument], environment: ["NO_COLOR": "1"])
    #expect(!screen.output.contains("\u{1B}["))
  }
}

private enum Screen {
  static let script = "/usr/bin/script"

  /// Runs the tool with all its streams on a terminal of 100 columns.
  static func show(_ arguments: [String], environment: [String: String]) throws -> Tool.Outcome {
    let quoted = ([Tool.path] + arguments).map { "'\($0)'" }.joined(separator: " ")
    return try Tool.command(
      script, ["--quiet", "--return", "--command", "stty cols 100; " + quoted, "/dev/null"],
      environment: environment.merging(["TERM": "xterm"]) { $1 })
  }
}

extension String {
  /// Whether `mark` follows `start` within the few characters of a terminal's control sequence.
  fileprivate func contains(_ mark: Character, after start: String) -> Bool {
    ranges(of: start).contains { self[$0.upperBound...].prefix(3).contains(mark) }
  }
}
