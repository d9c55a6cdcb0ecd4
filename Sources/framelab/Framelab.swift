import ArgumentParser
import Foundation

/// The root command. A new command is one file, `<Name>Command.swift`, and one line here.
@main
struct Framelab: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "framelab",
    abstract: "A laboratory for page frames: where did my huge pages go, and what would help?",
    discussion: """
      A recording of a real program's heap goes through several memory systems; the report says \
      how much memory each of them holds and how many 2 MiB and 1 GiB pages are left.

        framelab run Workloads/quickstart.yaml                 run an experiment, write a report
        framelab record heap -o app.fltrace -- ./app --option  record a program of your own
        framelab bench                                         how fast are page-frame allocators?
        framelab machine                                       try virtual memory out, line by line
        framelab ask --need 200x2MiB                           can I have them, at what cost?
        framelab translate --machine textbook 0x03d4           an address, step by step
        framelab doctor                                        what this host permits

      Completions: framelab --generate-completion-script bash (or zsh, fish).

      Exit codes: 0 done; 1 a check failed or the answer is no; 2 bad usage or bad input; 3 the \
      host lacks a permission or a facility; 130 and 143 after Ctrl-C and SIGTERM.
      """,
    version: Version.text,
    subcommands: [
      RunCommand.self,
      ReportCommand.self,
      RecordCommand.self,
      TraceCommand.self,
      TranslateCommand.self,
      BenchCommand.self,
      BenchChildCommand.self,
      MachineCommand.self,
      AgeCommand.self,
      AgeChildCommand.self,
      AskCommand.self,
      SnapshotCommand.self,
      DoctorCommand.self,
      PluginChildCommand.self,
    ]
  )

  /// Parses, runs, and ends the process with the exit code that design.md promises.
  static func main() async {
    do {
      var command = try await asyncParseAsRoot()
      if var asynchronous = command as? any AsyncParsableCommand {
        try await asynchronous.run()
      } else {
        try command.run()
      }
    } catch {
      Failure(error).exit()
    }
    if let code = Signals.exitCode { Foundation.exit(code) }
  }
}
