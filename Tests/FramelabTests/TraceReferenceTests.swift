import Foundation
import Testing

@Suite("Memory references on the command line")
struct TraceReferenceTests {
  static let recording = "\(Tool.checkout)/Workloads/access/sort.fltrace"

  private func json(_ arguments: [String]) throws -> [String: Any] {
    let outcome = try Tool.run(["trace"] + arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try #require(
      try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any])
  }

  @Test("translate counts every reference of a recording, its faults and walks, with any pages")
  func translates() throws {
    var walks: [Int] = []
    for pages in ["4KiB", "2MiB"] {
      let report = try json(["translate", Self.recording, "--pages", pages])
      #expect(report["reference_count"] as? Int == 3_083_550)
      #expect(report["page_crossings"] as? Int == 250)
      let faults = try #require(report["page_faults"] as? Int)
      #expect(faults == (pages == "4KiB" ? 233 : 6))
      var lookups = 0
      for level in ["l1_data", "l1_instruction"] {
        let tlb = try #require(report[level] as? [String: Int])
        lookups += (tlb["hits"] ?? 0) + (tlb["misses"] ?? 0)
      }
      #expect(lookups == 3_083_550 + 250 + faults)
      walks.append(try #require(report["walks"] as? Int))
      #expect(report["references_per_second"] is Double)
    }
    #expect(walks[1] < walks[0])
    let text = try Tool.run(
      ["trace", "translate", Self.recording, "--machine", "core-i7", "--limit", "1000"])
    #expect(text.output.hasPrefix("sort.fltrace: 1,000 references through core-i7, pages of 4KiB"))
  }

  @Test("generate makes the same file from the same options, and info reads it")
  func generates() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let files = ["a", "b"].map { folder.appending(path: "\($0).fltrace").path }
    for file in files {
      let made = try json([
        "generate", "uniform", "--range", "1MiB", "--count", "100000", "-o", file,
      ])
      #expect(made["reference_count"] as? Int == 100_000)
      #expect(made["pages_4kib"] as? Int == 256)
    }
    #expect(
      try Data(contentsOf: URL(filePath: files[0])) == Data(contentsOf: URL(filePath: files[1])))
    let info = try json(["info", files[0], "--rounds", "2"])
    #expect(info["origin"] as? String == "generated")
    #expect(info["read_ns_per_reference"] is Double)
  }

  @Test("bad input and bad options end with exit code 2 and one line")
  func refuses() throws {
    let heap = "\(Tool.checkout)/Workloads/clang.fltrace"
    for arguments in [
      ["translate", heap], ["translate", "\(Tool.checkout)/README.md"], ["translate", "/none"],
      ["translate", Self.recording, "--machine", "i9"],
      ["translate", Self.recording, "--pages", "1GiB"],
      ["translate", Self.recording, "--memory", "400KiB"],
      ["translate", Self.recording, "--limit=-1"], ["generate", "random", "-o", "x"],
      ["generate", "uniform", "--range", "0", "-o", "x"],
      ["generate", "uniform", "--count=-1", "-o", "x"],
      ["generate", "uniform", "--count", "1", "-o", "/nonexistent/x"],
      ["info", heap, "--rounds", "1"], ["info", Self.recording, "--rounds=-1"],
    ] {
      let outcome = try Tool.run(["trace"] + arguments)
      #expect(outcome.code == 2, "\(arguments)")
      #expect(outcome.errors.hasPrefix("framelab: "), "\(arguments)")
      #expect(outcome.errors.count { $0 == "\n" } == 1, "\(outcome.errors)")
    }
  }
}
