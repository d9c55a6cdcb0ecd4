import Foundation
import Testing

@Suite("framelab machine")
struct MachineCommandTests {
  /// Runs the tool on a script: in a file, or through a pipe.
  private func follow(
    _ script: String, _ arguments: [String] = [], piped: Bool = false
  ) throws -> Tool.Outcome {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    try Data(script.utf8).write(to: folder.appending(path: "a.machine"))
    if piped {
      return try Tool.command(
        "/bin/sh", ["-c", "\"$0\" machine \"$@\" < a.machine", Tool.path] + arguments,
        folder: folder.path)
    }
    return try Tool.run(["machine", "a.machine"] + arguments, folder: folder.path)
  }

  private static let mapping = "spawn A\nmmap A 4096 rw private anonymous as x\n"

  @Test("a script from standard input is answered as one from a file", arguments: [false, true])
  func standardInput(json: Bool) throws {
    let script = Self.mapping + "touch A x write\nexpect pgfault +1\ndump areas A\n"
    let arguments = json ? ["--json"] : []
    let piped = try follow(script, arguments, piped: true)
    #expect(piped.code == 0 && piped.errors.isEmpty, "\(piped.errors)")
    #expect(piped.output.contains("frame"))
    let read = try follow(script, arguments)
    #expect(read.code == 0 && read.output == piped.output)
  }

  @Test("an empty script is none to complain of, and --quiet prints nothing that is as expected")
  func nothing() throws {
    let empty = try follow("", piped: true)
    #expect(empty.code == 0 && empty.errors.isEmpty)
    let quiet = try follow(Self.mapping + "load A x 1\nexpect 0\n", ["--quiet"])
    #expect(quiet.code == 0 && quiet.output.isEmpty && quiet.errors.isEmpty)
  }

  @Test(
    "a bad line ends it, with one line that names file and line: exit code 2, or 1 for what is unmet",
    arguments: [
      ("frob A\n", 2, ":3: expected a command ('help' lists them), not 'frob'"),
      ("spawn B\nmmap B\n", 2, ":4: expected"),
      ("touch B x\n", 2, ":3: expected a task (A), not 'B'"),
      ("load A x 1\nexpect 7\n", 1, ":4: expected the bytes 07, got the bytes 00"),
      ("load A 0 1\n", 1, ":3: SIGSEGV (SEGV_MAPERR) at 0x0, which no 'expect' follows"),
    ])
  func badLine(rest: String, code: Int, message: String) throws {
    for piped in [false, true] {
      for arguments in [[], ["--quiet"], ["--json"]] {
        let outcome = try follow(Self.mapping + rest, arguments, piped: piped)
        #expect(outcome.code == Int32(code))
        let name = piped ? "standard input" : "a.machine"
        #expect(
          outcome.errors.hasPrefix("framelab: \(name)\(message)"), "\(outcome.errors)")
        #expect(outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
      }
    }
  }

  @Test("what is no script ends with one line and exit code 2")
  func noScript() throws {
    let binary = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString).machine")
    defer { try? FileManager.default.removeItem(at: binary) }
    try Data([0xff, 0xfe, 10]).write(to: binary)
    for arguments in [["/nowhere.machine"], [binary.path], ["--frob"], ["a", "b"]] {
      let outcome = try Tool.run(["machine"] + arguments)
      #expect(outcome.code == 2 && outcome.output.isEmpty)
      #expect(outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
    }
  }
}
