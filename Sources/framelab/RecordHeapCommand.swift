import ArgumentParser
import Foundation
import LinuxHost
import MemoryUnits

/// `framelab record heap`: a command and its descendants, through the preloaded recorder.
struct RecordHeapCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "heap",
    abstract: "Record what a program and its children ask of their heaps.",
    discussion: """
      The program runs as always, with one more library preloaded; it has to be linked \
      dynamically. FILE gets the first process; where it executes other programs, as env and \
      shells do, the program with the most events. All others get FILE with .2, .3, ... before \
      the extension, in the order of their start. Files of that name that an earlier recording \
      left are removed. Neither command lines nor paths are recorded unless asked for.

        framelab record heap -o app.fltrace -- ./app --its-options

      The exit status is the program's own, or 128 and the signal it died of; 126 and 127 when it \
      cannot be started; 1 when nothing was recorded of a program that ended well. After Ctrl-C and SIGTERM, which the program gets too, what was recorded \
      is sealed and the exit status is 130 or 143.
      """)

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The recording; an older one of that name is replaced.", valueName: "file"),
    completion: .file(extensions: ["fltrace"]))
  var output = "heap.fltrace"

  @Flag(
    name: .customLong("with-command"),
    help: "Put the command line into the recording; it can hold secrets.")
  var withCommand = false

  @Argument(
    parsing: .captureForPassthrough, help: "The program and its arguments, behind --.")
  var command: [String]

  mutating func validate() throws {
    // Everything that is no option of ours is captured, the request for help too.
    if command == ["--help"] || command == ["-h"] { throw CleanExit.helpRequest(Self.self) }
    if command.first == "--" { command.removeFirst() }
    if command.isEmpty { throw ValidationError("Missing the command to record, behind --") }
  }

  func run() throws {
    var options = HeapRecordingOptions(
      command: command, output: output,
      library: try Executable.requiredCompanion("libframelab-heap.so"))
    options.includesCommand = withCommand
    Signals.catchInterrupts()
    do {
      var recorder = try HeapRecorder(options)
      let line = StatusLine()
      let recording = try recorder.run(
        interruption: { Signals.exitCode.map { $0 - 128 } },
        progress: { line.show("recording: \(TraceReport.grouped(Int(clamping: $0))) heap events") })
      line.clear()
      report(recording)
      if Signals.exitCode == nil, let code = recording.exit?.shellCode {
        if code != 0 { throw ExitCode(code) }
        if recording.files.isEmpty { throw ExitCode(CLIError.Kind.no.rawValue) }
      }
    } catch let error as HostError {
      StandardError.write("framelab: \(error.message)\n")
      switch error.kind {
      case .lacksFacility: throw ExitCode(CLIError.Kind.hostLacks.rawValue)
      case .commandNotFound: throw ExitCode(127)
      case .commandNotExecutable: throw ExitCode(126)
      }
    }
  }

  /// On standard error, because standard output is the program's.
  private func report(_ recording: HeapRecording) {
    if recording.files.isEmpty { StandardError.note("nothing was recorded: \(whyNothing)") }
    let largest = recording.files.max { $0.events < $1.events }
    let shown = recording.files.sorted { $0.events > $1.events }.prefix(Self.listed).map(\.path)
    for file in recording.files where shown.contains(file.path) {
      let perEvent = file.events == 0 ? 0 : Double(file.bytes) / Double(file.events)
      let lost = file.lostEvents == 0 ? "0 lost" : "\(file.lostEvents) LOST"
      StandardError.write(
        "\(file.path): \(file.program) (\(file.process)\(file.isFork ? ", forked" : "")) · "
          + "\(TraceReport.grouped(Int(clamping: file.events))) events · "
          + "\(TraceReport.seconds(file.spanNs)) · \(ByteCount(Int(clamping: file.bytes)).rounded)"
          + " · \(TraceReport.rounded(perEvent)) bytes per event · \(lost)\n")
    }
    let hidden = recording.files.count - shown.count
    if hidden > 0 { StandardError.note("\(hidden) smaller recordings are not listed") }
    if let first = recording.files.first {
      let others = recording.files.dropFirst().filter { $0.process == first.process }
      if let wrapper = others.first {
        let more = others.count > 1 ? " and \(others.count - 1) more" : ""
        StandardError.note(
          "process \(first.process) ran several programs: \(first.path) is \(first.program), with "
            + "the most events, \(wrapper.path) is \(wrapper.program)\(more)")
      }
    }
    // A command that is a script or a wrapper is seldom the program that was meant.
    if let largest, largest.path != recording.files.first?.path {
      StandardError.note("most events are in \(largest.path), of \(largest.program)")
    }
  }

  private var whyNothing: String {
    if let limit = HeapRecorder.obstructingFileSizeLimit {
      return "the limit on file sizes, \(limit) bytes, stops recording; see ulimit -f"
    }
    return "\(command[0]) asked for no memory, is linked statically or setuid, or limits file sizes"
  }

  /// A build has hundreds of processes; so many of them are listed.
  private static let listed = 12
}
