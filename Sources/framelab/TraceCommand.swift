import ArgumentParser

/// `framelab trace`: what is in recordings.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Look into recordings.",
    subcommands: [TraceInfoCommand.self])
}
