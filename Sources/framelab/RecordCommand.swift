import ArgumentParser

/// `framelab record`: recordings of real programs.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record what a real program does with its memory.",
    discussion: """
      A recording is one file per process; every command that takes a recording takes it.

        framelab record heap -o app.fltrace -- ./app --its-options
      """,
    subcommands: [RecordHeapCommand.self])
}
