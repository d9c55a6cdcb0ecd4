import Foundation
import Testing

@Suite("framelab ask and framelab snapshot")
struct AskTests {
  private struct Answer: Decodable, Equatable {
    struct Plan: Decodable, Equatable {
      struct Block: Decodable, Equatable {
        var zone: Int
        var first_frame: Int
        var order: Int
        var moves: Int
        var drops: Int
      }
      var blocks: [Block]
      var moves: Int
      var drops: Int
      var means: String
    }
    var answer: String
    var plan: Plan?
    var time_ns: Int?
    var origin: String
  }

  /// A machine of 64 MiB, 32 blocks of 2 MiB, of which each has lost some pages to a task.
  private static let script = """
    memory 64MiB
    age random-half 95% unmovable 0.1%
    """

  private final class Scratch {
    let folder = FileManager.default.temporaryDirectory.path + "/framelab-ask-\(UUID().uuidString)"
    init() throws {
      try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
      try Data(AskTests.script.utf8).write(to: URL(filePath: machine))
    }
    deinit { try? FileManager.default.removeItem(atPath: folder) }
    var machine: String { folder + "/aged.machine" }
    var snapshot: String { folder + "/aged.flsnap" }
  }

  private func answer(_ arguments: [String], code: Int32) throws -> Answer {
    let outcome = try Tool.run(["ask", "--json"] + arguments)
    #expect(outcome.code == code, "\(arguments): \(outcome.errors)")
    return try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
  }

  @Test("says yes with a plan, no with what is missing, by exit code, text and JSON")
  func verdicts() throws {
    let scratch = try Scratch()
    let source = ["--machine", scratch.machine]
    let yes = try answer(["--need", "2x2MiB"] + source, code: 0)
    let plan = try #require(yes.plan)
    #expect(yes.answer == "yes" && plan.blocks.count == 2 && plan.means == "compaction")
    #expect(plan.moves == plan.blocks.reduce(0) { $0 + $1.moves } && plan.moves > 0)
    #expect(yes.time_ns ?? 0 > 0)
    let no = try answer(["--need", "32x2MiB"] + source, code: 1)
    #expect(no.answer == "no" && no.plan?.blocks.count ?? 32 < 32)
    #expect(try answer(["--need", "2x2MiB", "--by", "now"] + source, code: 1).answer == "no")

    for (arguments, first) in [
      (["--need", "2x2MiB"], "yes, 2 x 2MiB by moving "), (["--need", "32x2MiB"], "no: at most "),
      (["--need", "1x32KiB", "--by", "now"], "yes: 1 x 32KiB are free now"),
    ] {
      let outcome = try Tool.run(["ask"] + arguments + source)
      #expect(outcome.output.hasPrefix(first), "\(outcome.output)")
      #expect(outcome.output.contains("pinned"), "what stands in the way is named")
      let widest = outcome.output.split(separator: "\n").map(\.count).max() ?? 0
      #expect(widest <= 100, "\(widest) columns")
    }
  }

  @Test("answers for a snapshot as for the machine that it was made of")
  func snapshot() throws {
    let scratch = try Scratch()
    let made = try Tool.run(["snapshot", "--machine", scratch.machine, "-o", scratch.snapshot])
    #expect(made.code == 0 && made.output.contains("16,384 frames"), "\(made.output)\(made.errors)")
    let needs = ["--need", "1x4MiB", "--need", "1x2MiB"]
    let asked = try answer(needs + ["--machine", scratch.machine], code: 0)
    #expect(try answer(needs + [scratch.snapshot], code: 0) == asked)
    #expect(asked.plan?.blocks.map(\.order) == [10, 9])
  }

  @Test(
    "refuses what it cannot read with one line and exit code 2",
    arguments: [
      ["--need", "2x3MiB"], ["--need", "0x2MiB"], ["--need", "2MiB", "--by", "magic"],
      ["--need", "2MiB", "/no/such.flsnap"], ["--need", "2MiB", "/dev/null"],
      ["--need", "2MiB", "--machine", "/no/such.machine"],
      ["--need", "2MiB", "--machine", "a.machine", "b.flsnap"],
    ])
  func badInput(arguments: [String]) throws {
    let outcome = try Tool.run(["ask"] + arguments)
    #expect(outcome.code == 2 && outcome.output.isEmpty, "\(outcome.output)")
    #expect(outcome.errors.wholeMatch(of: /framelab: [^\n]+\n/) != nil, "\(outcome.errors)")
  }

  @Test("asks this host as far as it shows its memory, and says what is missing")
  func host() throws {
    let outcome = try Tool.run(["ask", "--need", "1x32KiB"])
    #expect([0, 1, 3].contains(outcome.code), "\(outcome.errors)")
    if outcome.code == 3, outcome.output.isEmpty {
      #expect(outcome.errors.contains("/proc/"))
    } else {
      #expect(outcome.output.contains("this host"))
    }
  }
}
