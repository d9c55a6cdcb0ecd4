import Foundation
import Testing

@Suite("The command line")
struct CommandLineTests {
  @Test("says its version and commit in one line")
  func version() throws {
    let outcome = try Tool.run(["--version"])
    #expect(outcome.code == 0)
    #expect(outcome.output.wholeMatch(of: /framelab \d+\.\d+\.\d+ \(.+\)\n/) != nil)
    #expect(outcome.errors.isEmpty)
  }

  @Test(
    "ends bad usage with exit code 2 and one line that names the help",
    arguments: [["--no-such-option"], ["no-such-command"], ["doctor", "surplus"]])
  func usage(arguments: [String]) throws {
    let outcome = try Tool.run(arguments)
    #expect(outcome.code == 2)
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.wholeMatch(of: /framelab: [^\n]+ --help'\n/) != nil, "\(outcome.errors)")
    #expect(outcome.errors.contains(arguments.last ?? ""))
  }

  /// The names of all commands that people call, `[["run"], ["record", "heap"], ...]`, from the
  /// tool's own description.
  static func commands() throws -> [[String]] {
    struct Command: Decodable {
      var commandName: String
      var shouldDisplay: Bool?
      var subcommands: [Command]?
    }
    struct Description: Decodable { var command: Command }
    let dump = try Tool.run(["--experimental-dump-help"])
    let root = try JSONDecoder().decode(Description.self, from: Data(dump.output.utf8)).command
    func paths(_ command: Command, _ prefix: [String]) -> [[String]] {
      (command.subcommands ?? []).filter {
        $0.commandName != "help" && $0.shouldDisplay != false
      }.flatMap { child in
        [prefix + [child.commandName]] + paths(child, prefix + [child.commandName])
      }
    }
    return paths(root, [])
  }

  @Test("teaches in every --help: what the command does, and an example")
  func help() throws {
    let commands = try Self.commands()
    #expect(commands.contains(["doctor"]))
    for command in [[]] + commands {
      let outcome = try Tool.run(command + ["--help"])
      #expect(outcome.code == 0)
      #expect(outcome.errors.isEmpty)
      #expect(outcome.output.contains("OVERVIEW: "), "\(command)")
      #expect(outcome.output.contains("  framelab "), "\(command) shows no example")
      let widest = outcome.output.split(separator: "\n").map(\.count).max() ?? 0
      #expect(widest <= 100, "\(command) prints \(widest) columns")
    }
  }

  @Test("completes in bash, zsh and fish", arguments: ["bash", "zsh", "fish"])
  func completions(shell: String) throws {
    let outcome = try Tool.run(["--generate-completion-script", shell])
    #expect(outcome.code == 0)
    for command in try Self.commands().compactMap(\.last) {
      #expect(outcome.output.contains(command), "\(shell) does not complete \(command)")
    }
  }

  @Test("completion script is one that bash can read")
  func bashReadsCompletions() throws {
    let script = try Tool.run(["--generate-completion-script", "bash"]).output
    let outcome = try Tool.command("/bin/bash", ["-n", "-c", script])
    #expect(outcome.code == 0, "\(outcome.errors)")
  }
}
