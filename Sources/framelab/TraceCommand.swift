import ArgumentParser

/// `framelab trace`: what is in recordings.
struct TraceCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "trace",
    abstract: "Look into recordings.",
    discussion: """
      Recordings are files of this tool (.fltrace) and of others: heaptrack, CMU .rep, tables of \
      sizes in CSV, and memory references by valgrind's lackey. Which it is, is told by the \
      contents, not by the name.

        framelab trace info app.fltrace
        framelab trace convert heaptrack.app.123.zst
        framelab trace translate Workloads/access/sort.fltrace
      """,
    subcommands: [
      TraceInfoCommand.self, TraceConvertCommand.self, TraceGenerateCommand.self,
      TraceTranslateCommand.self,
    ])
}
