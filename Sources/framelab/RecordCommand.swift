import ArgumentParser

/// `framelab record`: recordings of real programs.
struct RecordCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "record",
    abstract: "Record what a real program does with its memory.",
    subcommands: [RecordHeapCommand.self])
}
