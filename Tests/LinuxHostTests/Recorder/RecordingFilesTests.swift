import Foundation
import LinuxHost
import Testing
import TraceFormats

/// Which file holds which program, and what becomes of older files.
@Suite("Files of a recording", .enabled(if: Checkout.hasFramelab))
struct RecordingFilesTests {
  init() {
    let native = Checkout.root.appending(path: "scripts/build-native").path
    let result = Command.run(native, Checkout.products.path)
    precondition(result.status == 0, "\(result.errors)")
  }

  private static let busy = """
    int main(void) {
      for (int i = 0; i < 5000; i++) free(malloc(3001));
      if (fork() == 0) { free(malloc(BIG(0))); _exit(0); }
      wait(NULL);
      return 0;
    }
    """

  /// Runs the command; `limits` are commands of the shell before it.
  private func record(_ output: String, _ command: String, limits: String = ":") -> Command {
    Command.run(
      "bash", "-c",
      "\(limits); '\(Checkout.framelab)' record heap -o '\(output)' -- \(command)")
  }

  private func names(_ folder: URL) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
  }

  @Test("FILE is the program with the most events of the first process, not its wrapper")
  func wrapper() throws {
    let program = try RecordedProgram(Self.busy)
    for _ in 0..<2 {
      let result = record(program.output, "env A=1 env B=2 '\(program.program)'")
      #expect(result.status == 0)
      let traces = try ["out", "out.2", "out.3", "out.4"].map {
        try HeapTrace.load(path: program.folder.appending(path: "\($0).fltrace").path)
      }
      #expect(traces[0].records.count { $0.size == 3001 } == 5000)
      #expect(!traces[1].records.contains { $0.size == 3001 || $0.size == 1_000_003 })
      #expect(!traces[2].records.contains { $0.size == 3001 || $0.size == 1_000_003 })
      #expect(RecordedProgram.big(traces[3]).count == 2)
      #expect(traces.allSatisfy { $0.caveats.allSatisfy { !$0.contains("sealed") } })
      #expect(result.errors.contains("\(program.output): program ("))
      #expect(result.errors.contains("ran several programs: \(program.output) is program, with"))
      #expect(result.errors.contains("out.2.fltrace is env and 1 more\n"), "\(result.errors)")
    }
    #expect(
      try names(program.folder) == [
        "out.2.fltrace", "out.3.fltrace", "out.4.fltrace", "out.fltrace", "program", "program.c",
      ])
  }

  @Test("Files of an earlier recording go, others and those behind a gap stay")
  func older() throws {
    let program = try RecordedProgram(Self.busy)
    let file = { (name: String) in program.folder.appending(path: name) }
    #expect(record(program.output, "'\(program.program)'").status == 0)
    for name in ["out.3.fltrace", "out.4.fltrace", "out.6.fltrace"] {
      try FileManager.default.copyItem(at: file("out.fltrace"), to: file(name))
    }
    try Data("mine".utf8).write(to: file("out.5.fltrace"))
    let result = record(program.output, "env '\(program.program)'")
    #expect(result.status == 0)
    #expect(
      try names(program.folder) == [
        "out.2.fltrace", "out.3.fltrace", "out.5.fltrace", "out.6.fltrace", "out.fltrace",
        "program", "program.c",
      ])
    // Nothing recorded: nothing is left that could be taken for it.
    let limited = record(program.output, "'\(program.program)'", limits: "ulimit -f 1000")
    #expect(limited.status == 1)
    #expect(
      limited.errors.contains(
        "nothing was recorded: the limit on file sizes, 1024000 bytes, stops recording"))
    #expect(
      try names(program.folder) == [
        "out.5.fltrace", "out.6.fltrace", "program", "program.c",
      ])
    #expect(record(program.output, "false", limits: "ulimit -f 1000").status == 1)
    #expect(record(program.output, "bash -c 'exit 7'", limits: "ulimit -f 1000").status == 7)
  }

  @Test("A FIFO is refused before the program starts, and a link leads to the file")
  func targets() throws {
    let program = try RecordedProgram(
      """
      int main(void) {
        for (int i = 0; i < 5000; i++) free(malloc(3001));
        return symlink("ran", getenv("MARK"));
      }
      """)
    let file = { (name: String) in program.folder.appending(path: name) }
    let mark = file("mark").path
    let command = "env MARK='\(mark)' '\(program.program)'"
    for (fifo, output) in [("fifo", "fifo"), ("x.2.fltrace", "x.fltrace")] {
      try #require(unsafe mkfifo(file(fifo).path, 0o600) == 0)
      let result = record(file(output).path, command)
      #expect(result.status == 2)
      #expect(result.errors.contains("is a FIFO; expected a regular file"))
      #expect(result.errors.count { $0 == "\n" } == 1, "\(result.errors)")
      let kind = try FileManager.default.attributesOfItem(atPath: file(fifo).path)[.type]
      #expect(kind as? FileAttributeType != .typeRegular)
    }
    #expect((try? FileManager.default.destinationOfSymbolicLink(atPath: mark)) == nil)
    try FileManager.default.createDirectory(
      at: file("kept"), withIntermediateDirectories: true)
    try FileManager.default.createSymbolicLink(
      atPath: program.output, withDestinationPath: "kept/real.fltrace")
    #expect(record(program.output, command).status == 0)
    #expect(
      try FileManager.default.destinationOfSymbolicLink(atPath: program.output)
        == "kept/real.fltrace")
    #expect(try names(file("kept")) == ["real.2.fltrace", "real.fltrace"])
    let trace = try HeapTrace.load(path: program.output)
    #expect(trace.records.count { $0.size == 3001 } == 5000)
  }
}
