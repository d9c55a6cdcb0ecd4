/// One command of the language: its name, how it is written, what it does.
struct Command: Sendable {
  let name: String
  /// The whole line, in the notation of manual pages.
  let usage: String
  let summary: String
  /// What `help NAME` says beside it.
  var more: [String] = []
  /// Whether it does something to the machine, so that `expect` is about it.
  var acts = true
  let body: @Sendable (Session, inout Arguments) throws(ScriptError) -> Reply
}

extension Session {
  /// Commands under their headings, as `help` lists them.
  static let chapters: [(heading: String, commands: [Command])] = [
    ("the machine, before its first task", settings),
    ("tasks", taskCommands),
    ("areas", areaCommands),
    ("access", accessCommands),
    ("files", fileCommands),
    ("cores, memory pressure, time", coreCommands),
    ("fragmentation", agingCommands + compactionCommands),
    ("looking", lookingCommands),
    ("checking", checkingCommands),
  ]

  static func command(_ name: String) -> Command? { byName[name] }

  private static let byName = Dictionary(
    uniqueKeysWithValues: chapters.flatMap(\.commands).map { ($0.name, $0) })
}
