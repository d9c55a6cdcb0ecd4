import Foundation
import LinuxHost
import Sessions

/// Prints a session: for a person with its comments and commands, for a program as JSON lines.
struct SessionPrinter {
  let isJSON: Bool
  let isQuiet: Bool
  private let hasColour = Terminal.standardOutput.hasColour

  init(isJSON: Bool, isQuiet: Bool) {
    self.isJSON = isJSON
    self.isQuiet = isQuiet
  }

  /// A line of a script and its answer.
  func print(_ line: String, number: Int, _ reply: Reply?) {
    guard !isQuiet else { return }
    if isJSON {
      if let reply { printAnswer(reply, number: number, command: line) }
      return
    }
    if line.drop(while: { $0 == " " }).hasPrefix("#") || reply == nil {
      Swift.print(styled(line, 2))
    } else if reply?.isCheck == true {
      Swift.print(styled("✓ \(line)", 32))
    } else {
      Swift.print(styled("> ", 2) + styled(line, 1))
    }
    if let reply { printAnswer(reply, number: number, command: line) }
  }

  /// The answer alone.
  func printAnswer(_ reply: Reply, number: Int, command: String) {
    if isJSON {
      printJSON(number, command, reply.members)
    } else if reply.isCheck, number == 0 {
      Swift.print(styled("  ✓", 32))
    } else {
      for line in reply.lines { Swift.print("  " + (hasColour ? line.coloured : line.plain)) }
    }
  }

  func printError(_ error: ScriptError, number: Int, command: String) {
    if isJSON {
      printJSON(number, command, [.init(key: "error", value: .string(error.message))])
    } else {
      Swift.print(styled("  " + error.message, 31))
    }
  }

  func printCounters(_ counters: [(name: String, value: UInt64)]) {
    if isJSON {
      let members = counters.map { JSON.Member(key: $0.name, value: .number(Int($0.value))) }
      Swift.print(JSON.object([.init(key: "vmstat", value: .object(members))]))
    } else {
      for counter in counters { Swift.print("\(counter.name) \(counter.value)") }
    }
  }

  func greet() {
    guard !isQuiet, !isJSON else { return }
    Swift.print("A machine of 64 MiB. 'help' lists the commands, Ctrl-D ends.")
  }

  /// The next line that a person types; nil at the end.
  func readLine() -> String? {
    FileHandle.standardOutput.write(Data(styled("machine> ", 2).utf8))
    guard let line = Swift.readLine() else {
      FileHandle.standardOutput.write(Data("\n".utf8))
      return nil
    }
    return line
  }

  private func printJSON(_ number: Int, _ command: String, _ members: [JSON.Member]) {
    Swift.print(
      JSON.object(
        [
          .init(key: "line", value: .number(number)),
          .init(key: "command", value: .string(command.trimmingCharacters(in: .whitespaces))),
        ] + members))
  }

  private func styled(_ text: String, _ code: Int) -> String {
    hasColour && !text.isEmpty ? "\u{1b}[\(code)m\(text)\u{1b}[0m" : text
  }
}
