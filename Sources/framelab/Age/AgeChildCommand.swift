import ArgumentParser
import Foundation
import LinuxHost
import MemoryUnits

/// `framelab age-child`: the process that holds the memory of `framelab age --host`. Takes the same
/// options, answers the first line of standard input by the result, and ends with standard input.
struct AgeChildCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "age-child", abstract: "Hold memory for framelab age --host.",
    shouldDisplay: false)

  @OptionGroup var options: AgeOptions

  func run() throws {
    guard readLine() != nil else { return }
    let memory = try HeldMemory(options.memory)
    let aging = HostAge(method: options.method, goal: options.goal, seed: options.seed)
    let result = try aging.carryOut(in: memory, on: LiveHost())
    var answer = AgeAnswer(result.report, memory: AgeAnswer.host)
    if !result.knowsFrames { answer.caveats = [AgeAnswer.withoutFrames] }
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys]
    var line = try encoder.encode(answer)
    line.append(UInt8(ascii: "\n"))
    try FileHandle.standardOutput.write(contentsOf: line)
    withExtendedLifetime(memory) { while readLine() != nil {} }
  }
}
