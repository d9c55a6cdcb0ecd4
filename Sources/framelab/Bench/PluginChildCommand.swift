import ArgumentParser
import Benchmarking

/// `framelab plugin-child REQUEST`: what `framelab bench --plugin` starts, so that a plugin can end,
/// block or spoil no other process than its own.
struct PluginChildCommand: ParsableCommand {
  static let name = "plugin-child"

  static let configuration = CommandConfiguration(
    commandName: name, abstract: "Load a plugin and answer one request; for framelab bench.",
    shouldDisplay: false)

  @Argument(help: "What framelab bench asks.")
  var request: String

  func run() throws {
    try PluginChild.run(request)
  }
}
