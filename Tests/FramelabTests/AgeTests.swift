import Foundation
import Testing

@Suite("Fragmenting on purpose, on the command line")
struct AgeTests {
  private func json(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try Tool.run(["age"] + arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test("the shares that were asked for are reached and told")
  func simulated() throws {
    let options = ["--memory", "256MiB", "--unusable", "70%", "--unmovable", ".1", "--free", "0.5"]
    for allocator in ["list-buddy", "row-buddy"] {
      let answer = try json(options + ["--allocator", allocator])
      let reached = try #require(answer["reached"] as? [String: Double])
      let asked = try #require(answer["asked"] as? [String: Double])
      #expect(asked == ["unusable_2mib": 0.7, "unmovable": 0.1, "free": 0.5])
      for (key, value) in asked { #expect(abs((reached[key] ?? 9) - value) < 0.02, "\(key)") }
      let blocks = try #require(answer["free_blocks_by_order"] as? [Int])
      let free = blocks.enumerated().reduce(0) { $0 + $1.element << $1.offset }
      #expect(free == answer["free_frames"] as? Int)
    }
    let text = try Tool.run(["age", "--memory", "64MiB"])
    #expect(text.output.hasPrefix("64.0 MiB under list-buddy, aged by frag, seed 1.\nOf "))
    #expect(text.output.split(separator: "\n").allSatisfy { $0.count <= 100 })
  }

  @Test("programs of a recording age memory, and the same seed gives the same")
  func recorded() throws {
    let options = [
      "--method", "recorded-churn", "--trace", Tool.checkout + "/Workloads/git-repack.fltrace",
      "--memory", "256MiB",
      "--unusable", "60%", "--unmovable", "5%", "--allocator", "linux-6.18",
    ]
    let answer = try json(options)
    let error = try #require(answer["error"] as? [String: Double])
    #expect(abs(error["unusable_2mib"] ?? 9) < 0.02 && abs(error["unmovable"] ?? 9) < 0.001)
    #expect(((answer["churn"] as? [String: Any])?["programs"] as? Int ?? 0) > 1)
    let again = try json(options)["free_blocks_by_order"] as? [Int]
    #expect(again == answer["free_blocks_by_order"] as? [Int])
  }

  @Test("a child takes memory of this host, while a command runs whose exit code counts")
  func host() throws {
    let options = ["age", "--host", "--memory", "16MiB", "--unusable", "1", "--json"]
    let outcome = try Tool.run(options + ["--", "sh", "-c", "echo behind; exit 7"])
    #expect(outcome.code == 7, "\(outcome.errors)")
    let parts = outcome.output.components(separatedBy: "\n}\n")
    #expect(parts.last == "behind\n")
    let answer = try #require(
      try JSONSerialization.jsonObject(with: Data((parts[0] + "}").utf8)) as? [String: Any])
    #expect(answer["memory"] as? String == "host")
    #expect((answer["free_frames"] as? Int ?? 0) > 0)
  }

  @Test(
    "bad options end with exit code 2 and one line",
    arguments: [
      ["--unusable", "101%"], ["--unmovable", "-1"], ["--method", "hope"], ["--memory", "1KiB"],
      ["--memory", "4MiB"], ["--allocator", "malloc"], ["--", "true"],
      ["--host", "--memory", "8TiB"], ["--method", "recorded-churn"], ["--trace", "a.fltrace"],
      ["--method", "recorded-churn", "--trace", "/none.fltrace"],
      ["--method", "recorded-churn", "--trace", Tool.checkout + "/Workloads/access/sort.fltrace"],
      [
        "--host", "--method", "recorded-churn", "--trace",
        Tool.checkout + "/Workloads/git-repack.fltrace",
      ],
    ])
  func refused(_ options: [String]) throws {
    let outcome = try Tool.run(["age"] + options)
    #expect(outcome.code == 2, "\(options)")
    #expect(outcome.output.isEmpty)
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }
}
