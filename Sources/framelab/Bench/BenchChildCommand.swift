import ArgumentParser
import Benchmarking

/// `framelab bench-child`: what `framelab bench` starts to measure other allocators; answers one
/// request per line of standard input.
struct BenchChildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "bench-child",
    abstract: "Measure an allocator of this process for framelab bench.", shouldDisplay: false)

  @Argument var name: String
  @Argument var argument = ""

  func run() throws {
    guard BenchmarkChild.serve(name, argument) else {
      throw CLIError.badInput("bench-child \(name): no such subject")
    }
  }
}
