import Foundation
import Testing

@Suite("framelab bench")
struct BenchCommandTests {
  static let small = ["bench", "--memory", "16MiB", "--repetitions", "2"]

  @Test("rows carry all keys, and what was not measured is null")
  func json() throws {
    let outcome = try Tool.run(
      Self.small + ["--patterns", "bulk,repeat", "--orders", "0,3", "--threads", "1,2", "--json"])
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let result = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let top = try #require(result as? [String: Any])
    #expect((top["primitives"] as? [String: Any])?["add_ns"] is Double)
    #expect(top["schema"] as? Int == 1 && top["suite"] as? String == "speed")
    #expect(top["complete"] as? Bool == true)
    let provenance = try #require(top["provenance"] as? [String: Any])
    #expect((provenance["command"] as? [String])?.prefix(2) == ["framelab", "bench"])
    #expect(provenance["version"] is String && provenance["started_at"] is String)
    let host = try #require(provenance["host"] as? [String: String])
    for key in ["cpu", "cores", "kernel", "load"] { #expect(host[key] != nil, "\(key)") }
    let rows = try #require(top["rows"] as? [[String: Any]])
    // Two patterns, two orders, two numbers of threads, each with every allocator of this process.
    #expect(rows.count >= 8 * 3 && rows.count % 8 == 0)
    for row in rows {
      let keys = [
        "allocator", "pattern", "order", "threads", "memory_bytes", "alloc_ns", "free_ns",
        "pair_ns", "metadata_bytes_per_frame", "floor_ratio", "verified", "floor",
        "bytes_touched", "against_published",
      ]
      for key in keys { #expect(row[key] != nil, "\(key)") }
      #expect(row["verified"] as? Bool == true)
      #expect(row["memory_bytes"] as? Int == 16 << 20)
      let pair = try #require(row["pair_ns"] as? [String: Double])
      #expect(Set(pair.keys) == ["min", "median", "max"])
      #expect((row["alloc_ns"] is NSNull) == (row["pattern"] as? String == "repeat"))
      #expect(row["against_published"] is NSNull)
    }
  }

  @Test("ListBuddy and the floor are in every table, which fits 100 columns")
  func table() throws {
    let outcome = try Tool.run(
      Self.small + ["--allocators", "list-buddy-percpu", "--patterns", "all", "--orders", "0"])
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    for title in [
      "ListBuddy + lock + pcp", "ListBuddy + lock  ", "stack (floor)", "lock xadd", " cores · ",
      "load ",
    ] {
      #expect(outcome.output.contains(title))
    }
    let lines = try Tool.run(Self.small).output.split(separator: "\n")
    #expect(lines.allSatisfy { $0.count <= 100 }, "\(lines.filter { $0.count > 100 })")
  }

  @Test("a result folder has the figures and the page; what is no result is not replaced")
  func output() throws {
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-bench-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: folder) }
    let arguments = Self.small + ["--patterns", "bulk", "--orders", "0", "-o", folder.path]
    for _ in 0..<2 {
      let outcome = try Tool.run(arguments + ["--allocators", "row-buddy"])
      #expect(outcome.code == 0, "\(outcome.errors)")
      #expect(outcome.output.hasSuffix("\(folder.path)/report.html\n"))
      let page = try String(contentsOf: folder.appending(path: "report.html"), encoding: .utf8)
      #expect(page.contains("RowBuddy") && page.contains("order 0, 16.0 MiB"))
      let json = try Data(contentsOf: folder.appending(path: "result.json"))
      #expect((try JSONSerialization.jsonObject(with: json) as? [String: Any])?["rows"] != nil)
    }
    try FileManager.default.removeItem(at: folder.appending(path: "result.json"))
    let refused = try Tool.run(arguments)
    #expect(refused.code == 2 && refused.errors.contains("is no result folder"))
  }

  @Test("after a signal what was measured is printed, and the exit code says which it was")
  func stopped() throws {
    for signal in ["INT", "TERM"] {
      // Ends by itself only where the signal is lost.
      let script =
        "\"$0\" bench --memory 16MiB --repetitions 100000 --json & sleep 3; kill -\(signal) $!; wait $!"
      let outcome = try Tool.command("/bin/bash", ["-m", "-c", script, Tool.path])
      #expect(outcome.code == (signal == "INT" ? 130 : 143), "\(outcome.errors)")
      // On a very slow host nothing was measured yet.
      guard !outcome.output.isEmpty else { continue }
      #expect(outcome.output.contains("\"complete\" : false"))
    }
  }

  @Test("the recovery suite has a curve and a proven end for every allocator that can take part")
  func recovery() throws {
    let arguments = [
      "bench", "--suite", "recovery", "--memory", "64MiB", "--rounds", "12", "--repetitions", "2",
    ]
    let outcome = try Tool.run(arguments + ["--json"])
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let result = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8))
    let rows = try #require((result as? [String: Any])?["rows"] as? [[String: Any]])
    #expect(rows.count % 5 == 0 && rows.count >= 15)
    for row in rows {
      #expect((row["curve"] as? [Double])?.count == 13)
      #expect(row["verified"] as? Bool == true)
      let share = try #require(row["recovered_share"] as? [String: Double])
      let (proven, ideal) = (row["proven_blocks"] as? Int, row["ideal_blocks"] as? Int)
      #expect(share["max"] ?? 2 <= 1)
      #expect(proven ?? 1 <= ideal ?? 0)
      #expect((row["pair_ns"] as? [String: Double])?["min"] ?? 0 > 0)
    }
    let text = try Tool.run(arguments).output.split(separator: "\n")
    #expect(text.allSatisfy { $0.count <= 100 }, "\(text.filter { $0.count > 100 })")
  }

  @Test("a value that is given twice counts once, and both start states can be asked for")
  func lists() throws {
    let outcome = try Tool.run(
      Self.small + [
        "--allocators", "stack", "--patterns", "bulk,lifo,bulk", "--orders", "0,0", "--threads",
        "1,1", "--start", "both,aged", "--json",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    let top = try JSONSerialization.jsonObject(with: Data(outcome.output.utf8)) as? [String: Any]
    let rows = try #require(top?["rows"] as? [[String: Any]])
    #expect(rows.count { $0["allocator"] as? String == "list-buddy" } == 4)
    #expect(rows.count { $0["start"] as? String == "aged" } == rows.count / 2)
  }

  @Test("what this host does not have is named, once")
  func absent() throws {
    let outcome = try Tool.run(
      Self.small + [
        "--allocators", "jemalloc,mimalloc,tcmalloc,kernel-hugetlb,glibc", "--patterns", "bulk",
        "--orders", "0",
      ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    // Lines are broken anywhere between words.
    let text = outcome.output.split { $0 == "\n" || $0 == " " }.joined(separator: " ")
    for name in ["jemalloc", "mimalloc", "tcmalloc"] {
      #expect(text.contains("\(name) malloc, warm") != text.contains("\(name) (install "))
    }
    #expect(text.contains("glibc malloc, warm"))
  }

  @Test("other allocators are measured in child processes, with the library that was asked for")
  func children() throws {
    let outcome = try Tool.run(
      Self.small + [
        "--allocators", "glibc,kernel", "--patterns", "bulk", "--orders", "0", "--json",
      ])
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    for name in ["glibc", "kernel", "list-buddy", "stack"] {
      #expect(outcome.output.contains("\"allocator\" : \"\(name)\""))
    }
    let none = try Tool.run(["bench-child", "nothing"])
    #expect(none.code == 2 && none.errors == "framelab: bench-child nothing: no such subject\n")
  }

  @Test(
    "what is not understood ends with one line that says what was expected",
    arguments: [
      (["--allocators", "fast"], "--allocators fast: expected "),
      (["--patterns", "waves"], "--patterns waves: expected bulk, lifo"),
      (["--orders", "11"], "--orders 11: expected numbers from 0 to 10"),
      (["--threads", "0"], "--threads 0: expected numbers from 1"),
      (["--memory", "5MiB"], "--memory 5MiB: expected sizes such as 8GiB"),
      (["--memory", "4MiB", "--orders", "10"], "--memory: 4MiB are too little for order 10"),
      (["--start", "old"], "--start old: expected fresh, aged or both"),
      (["--repetitions", "0"], "--repetitions 0: expected a number above 0"),
      (["--repetitions", "-1"], "--repetitions -1: expected a number above 0"),
      (["--rounds", "5"], "--rounds: no option of the suite speed"),
      (["--suite", "recovery", "--orders", "0"], "--orders: no option of the suite recovery"),
      (["--suite", "recovery", "--start", "aged"], "--start: no option of the suite recovery"),
      (["--plugin", ""], "--plugin: expected the path of a shared library"),
      (["--seed", "-1"], "--seed -1: expected a whole number from 0"),
    ])
  func badUsage(arguments: [String], message: String) throws {
    let outcome = try Tool.run(["bench"] + arguments)
    #expect(outcome.code == 2 && outcome.output.isEmpty)
    #expect(outcome.errors.hasPrefix("framelab: \(message)"), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1)
  }
}
