import Aging
import ArgumentParser
import Foundation
import Fragmentation
import HostFiles
import LinuxHost
import Sessions

/// `framelab machine`: a simulated computer that follows typed or written commands.
struct MachineCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "machine",
    abstract: "Try virtual memory out: mmap, touch, fork, and see areas, page tables and frames.",
    usage: "framelab machine [<script>] [--policy <policy>] [--json] [--timeline <file>]",
    discussion: """
      A simulated computer with Linux's virtual memory on x86-64 follows commands, one per line: \
      typed, from a file, or from standard input. 'help' lists them.

        spawn A
        mmap A 8096 rw private anonymous as x
        events watch
        load A x 8
        dump tables A x

      A script checks itself by 'expect'; the first line that is not met ends it with exit code 1. \
      The same commands give the same answers, on every host.

        framelab machine
        framelab machine Workloads/machine/demand-paging.machine
        echo 'help' | framelab machine
        framelab machine Workloads/machine/fork.machine --json | jq .counters
        framelab machine Workloads/machine/shootdown.machine --timeline shootdown.json

      A timeline is a file for ui.perfetto.dev or chrome://tracing: a track for each core and for \
      kswapd, in simulated time.
      """)

  @Argument(
    help: "A file of commands (default: standard input).",
    completion: .file(extensions: ["machine"]))
  var script: String?

  @Option(
    name: .long,
    help: ArgumentHelp(
      "Who hands out frames: linux-6.6, linux-6.12, linux-6.18, contiguitas or superpageblocks, "
        + "with settings as in linux-6.18,defrag_mode=1; as the command 'allocator'.",
      valueName: "policy"))
  var policy: String?

  @Flag(name: .long, help: "Print one JSON object for each command.")
  var json = false

  @Flag(name: .long, help: "Print every counter at the end, as /proc/vmstat has them.")
  var vmstat = false

  @Flag(name: .shortAndLong, help: "Print nothing but what is not as a script expects.")
  var quiet = false

  @Option(
    help: ArgumentHelp(
      "Write what happened inside as Chrome trace events, replacing an older file.",
      valueName: "file"),
    completion: .file(extensions: ["json"]))
  var timeline: String?

  func run() throws {
    let printer = SessionPrinter(isJSON: json, isQuiet: quiet)
    let session = Session(keepsHistory: timeline != nil)
    session.openHostFile = { try HostFileStore($0) }
    session.openRecording = { try RecordedChurn.load(path: $0, filling: $1).churn }
    if let policy { try set(policy, session) }
    // A wrong target is told before the first command.
    var drawing = try timeline.map { try MachineTimeline(path: $0) }
    let text = try script.map { try Self.text(of: $0) }
    do {
      if let script, let text {
        try follow(Script(name: script, text: text), session, printer, &drawing)
      } else if Terminal.standardInput.isInteractive {
        try converse(session, printer, &drawing)
      } else {
        let text = String(decoding: FileHandle.standardInput.readDataToEndOfFile(), as: UTF8.self)
        try follow(Script(name: "standard input", text: text), session, printer, &drawing)
      }
    } catch {
      // How a script came to its end is worth a look all the more.
      try drawing.take()?.finish()
      throw error
    }
    try drawing.take()?.finish()
    if vmstat { printer.printCounters(session.vmstat) }
  }

  private func set(_ policy: String, _ session: Session) throws {
    do {
      _ = try session.run("allocator \(policy)")
    } catch {
      throw CLIError.badInput("--policy \(policy): \(error.description)")
    }
  }

  private func follow(
    _ script: Script, _ session: Session, _ printer: SessionPrinter,
    _ drawing: inout MachineTimeline?
  ) throws {
    do {
      try script.run(in: session) { number, line, reply in
        printer.print(line, number: number, reply)
        drawing?.append(session.takeHistory())
      }
    } catch {
      drawing?.append(session.takeHistory())
      throw CLIError(error.kind == .unmet ? .no : .badInput, error.description)
    }
  }

  /// Reads lines from a person until Ctrl-D; an error is said and forgotten.
  private func converse(
    _ session: Session, _ printer: SessionPrinter, _ drawing: inout MachineTimeline?
  ) throws {
    printer.greet()
    var number = 0
    while let line = printer.readLine() {
      number += 1
      do {
        if let reply = try session.run(line) {
          printer.printAnswer(reply, number: number, command: line)
        }
      } catch {
        printer.printError(error, number: number, command: line)
      }
      drawing?.append(session.takeHistory())
    }
  }

  static func text(of path: String) throws -> String {
    let data = try Data(contentsOf: URL(filePath: path))
    guard let text = String(data: data, encoding: .utf8) else {
      throw CLIError.badInput("\(path) is not a text in UTF-8; expected a file of commands")
    }
    return text
  }
}
