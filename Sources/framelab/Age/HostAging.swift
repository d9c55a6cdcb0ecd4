import ArgumentParser
import Foundation
import LinuxHost
import MemoryUnits

/// `framelab age --host`: starts the child that holds memory, waits for it, and runs a command.
struct HostAging {
  let options: AgeOptions

  /// - Parameter show: prints the answer, before the command starts.
  func run(_ command: [String], _ show: (AgeAnswer) throws -> Void) throws {
    Signals.catchInterrupts()
    guard let executable = Executable.path else {
      throw CLIError.hostLacks("/proc/self/exe cannot be read: is /proc mounted?")
    }
    try checkMemory()
    let child = try ChildDialogue(
      path: executable, arguments: ["age-child"] + options.words, environment: [:])
    defer { child.kill() }
    let answer = try self.answer(of: child)
    try show(answer)
    if command.isEmpty {
      StandardError.write("framelab: held until Ctrl-C\n")
      while !Signals.isInterrupted { Thread.sleep(forTimeInterval: 0.1) }
      // Ctrl-C is how this ends as it should.
      return
    }
    let system = LinuxSystem()
    let started = try system.start(command: command, variables: [:])
    while true {
      if let exit = system.ended(child: started) {
        if exit != .exited(0) { throw ExitCode(exit.shellCode) }
        return
      }
      Thread.sleep(forTimeInterval: 0.02)
    }
  }

  /// Taking more than there is would only make the host kill the child.
  private func checkMemory() throws {
    guard let available = LiveHost().memoryInfo("MemAvailable"), options.memory > available
    else { return }
    throw CLIError.badInput(
      "--memory \(options.memory): only \(available.rounded) of this host are available; "
        + "choose less")
  }

  private func answer(of child: ChildDialogue) throws -> AgeAnswer {
    let progress = Progress(title: "taking \(options.memory) of this host")
    defer { progress.end() }
    switch child.ask([], patience: .seconds(600)) {
    case .line(let line): return try JSONDecoder().decode(AgeAnswer.self, from: Data(line))
    case .silence:
      throw CLIError.hostLacks("the child that takes \(options.memory) did not answer in 10 min")
    case .ended:
      let words = child.lastWords
      throw CLIError.hostLacks(
        words.isEmpty
          ? "the child that takes \(options.memory) was killed; choose less --memory"
          : String(words.trimmingPrefix("framelab: ")))
    }
  }
}
