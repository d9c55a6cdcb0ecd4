// What Benchmarks/instructions counts above the allocators: the tool itself starts threads that
// callgrind 3.19 does not survive.
@main
enum Main {
  static func main() throws {
    let arguments = Array(CommandLine.arguments.dropFirst())
    switch arguments.first {
    case "machine": try MachineOperations.run()
    case "translate":
      guard let pattern = TranslationPattern(rawValue: arguments[1]), let count = Int(arguments[2])
      else { fatalError("translate PATTERN COUNT") }
      var world = TranslationWorld(pattern, accesses: count, seed: 1)
      check(world.translateSeries(count) == world.expectedSum, "physical addresses")
    case "read":
      guard let most = Int(arguments[2]) else { fatalError("read FILE COUNT") }
      check(try Recording.measuredRead(arguments[1], most) == most, "references")
    default: fatalError("machine, translate or read")
    }
  }
}

func check(_ holds: Bool, _ what: String) {
  guard holds else { fatalError("a miscount: \(what)") }
}
