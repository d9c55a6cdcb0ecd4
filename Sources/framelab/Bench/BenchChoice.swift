import Benchmarking
import MemoryUnits

/// Lists on the command line of `framelab bench`, separated by commas.
enum BenchChoice {
  private static func words(_ text: String) -> [String] {
    text.split(separator: ",").map { $0.filter { $0 != " " } }.filter { !$0.isEmpty }
  }

  /// Each value once, where it stands first.
  static func unique<Value: Hashable>(_ values: [Value]) -> [Value] {
    var seen: Set<Value> = []
    return values.filter { seen.insert($0).inserted }
  }

  /// In the order of the tables; ListBuddy and the stack are always there. Beside them those that were
  /// wanted and are not on this host.
  static func systems(
    _ text: String
  ) throws(CLIError) -> (here: [BenchmarkSystem], absent: [BenchmarkAbsence]) {
    let absent = BenchmarkSystem.absentChildren
    let stack = BenchmarkSystem.frameStack
    let known =
      BenchmarkSystem.inProcess.filter { $0.name != stack.name } + BenchmarkSystem.schemes
      + BenchmarkSystem.children(of: Executable.path ?? CommandLine.arguments[0]) + [stack]
    var wanted: Set<String> = [
      BenchmarkSystem.listBuddy.name, BenchmarkSystem.frameStack.name,
    ]
    for word in words(text) {
      if word == "all" || word == "default" {
        // What no kernel has is measured where it is asked for.
        let schemes = word == "default" ? BenchmarkSystem.schemes.map(\.name) : []
        wanted.formUnion(known.map(\.name).filter { !schemes.contains($0) })
        wanted.formUnion(absent.map(\.allocator))
      } else if known.contains(where: { $0.name == word })
        || absent.contains(where: { $0.allocator == word })
      {
        wanted.insert(word)
      } else {
        throw .badInput(
          "--allocators \(word): expected \(known.map(\.name).joined(separator: ", ")) or all")
      }
    }
    return (
      known.filter { wanted.contains($0.name) }, absent.filter { wanted.contains($0.allocator) }
    )
  }

  /// Foreign allocators stand before the stack, which is the last line of every table.
  static func merged(
    _ systems: [BenchmarkSystem], _ foreign: [BenchmarkSystem]
  ) -> [BenchmarkSystem] {
    let stack = BenchmarkSystem.frameStack.name
    return systems.filter { $0.name != stack } + foreign + systems.filter { $0.name == stack }
  }

  static func patterns(_ text: String) throws(CLIError) -> [Pattern] {
    var patterns: [Pattern] = []
    for word in words(text) {
      if word == "all" {
        patterns += Pattern.allCases
      } else if let pattern = Pattern(rawValue: word) {
        patterns.append(pattern)
      } else {
        let names = Pattern.allCases.map(\.rawValue).joined(separator: ", ")
        throw .badInput("--patterns \(word): expected \(names) or all")
      }
    }
    guard !patterns.isEmpty else { throw .badInput("--patterns: expected at least one") }
    return unique(patterns)
  }

  static func numbers(
    _ option: String, _ text: String, in range: ClosedRange<Int>
  ) throws(CLIError) -> [Int] {
    var numbers: [Int] = []
    for word in words(text) {
      guard let number = Int(word), range.contains(number) else {
        throw .badInput(
          "\(option) \(word): expected numbers from \(range.lowerBound) to \(range.upperBound)")
      }
      numbers.append(number)
    }
    guard !numbers.isEmpty else { throw .badInput("\(option): expected at least one number") }
    return unique(numbers)
  }

  static func sizes(_ text: String) throws(CLIError) -> [ByteCount] {
    var sizes: [ByteCount] = []
    for word in words(text) {
      guard let size = ByteCount(word), size.rawValue >= 4 << 20, size.rawValue <= 1 << 40,
        size.rawValue % (4 << 20) == 0
      else {
        throw .badInput(
          "--memory \(word): expected sizes such as 8GiB, multiples of 4 MiB up to 1 TiB")
      }
      sizes.append(size)
    }
    guard !sizes.isEmpty else { throw .badInput("--memory: expected at least one size") }
    return unique(sizes)
  }

  static func starts(_ text: String) throws(CLIError) -> [BenchmarkCase.Start] {
    var starts: [BenchmarkCase.Start] = []
    for word in words(text) {
      if word == "both" {
        starts += BenchmarkCase.Start.allCases
      } else if let start = BenchmarkCase.Start(rawValue: word) {
        starts.append(start)
      } else {
        throw .badInput("--start \(word): expected fresh, aged or both")
      }
    }
    guard !starts.isEmpty else { throw .badInput("--start: expected fresh, aged or both") }
    return unique(starts)
  }

  static func seed(_ text: String) throws(CLIError) -> UInt64 {
    guard let seed = UInt64(text) else {
      throw .badInput("--seed \(text): expected a whole number from 0 to \(UInt64.max)")
    }
    return seed
  }
}
