import Benchmarking
import Foundation
import Testing

/// Allocators in shared libraries, good and bad ones, under `framelab bench --plugin`.
@Suite("Plugins of framelab bench")
struct PluginTests {
  /// A plugin from C, built once for all tests.
  struct Library: Sendable {
    var path: String
    var log: String

    init(_ source: String, _ definition: String = "") {
      path = Self.folder + "/\(definition)-\(source.split(separator: "/").last ?? "").so"
      let arguments = [
        "clang", "-std=gnu17", "-O1", "-w", "-fPIC", "-shared",
        "-I\(Tool.checkout)/Sources/CFrameAllocator/include", "\(Tool.checkout)/\(source)",
        "-o", path,
      ]
      log = ""
      do {
        let extra = definition.isEmpty ? [] : ["-D\(definition)"]
        let outcome = try Tool.command("/usr/bin/env", arguments + extra)
        log = outcome.errors
      } catch {
        log = "\(error)"
      }
    }

    private static let folder: String = {
      let folder = NSTemporaryDirectory() + "framelab-plugins-\(getpid())"
      try? FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
      return folder
    }()
  }

  static let bad = Library("Tests/Plugins/bad.c")
  static let buddy = Library("Examples/plugins/buddy.c")

  /// What the tests read of the JSON.
  struct Answer: Decodable {
    struct Fault: Decodable {
      var kind: String
      var detail: String
    }
    struct Findings: Decodable {
      var operations: Int
      var threads: Int
      var merges: Bool
      var refusals: Int
      var notes: [String]
    }
    struct Plugin: Decodable {
      var name: String?
      var interface_version: String?
      var capabilities: [String]?
      var fault: Fault?
      var findings: Findings?
    }
    struct Row: Decodable {
      struct Spread: Decodable { var min: Double }
      var allocator: String
      var verified: Bool
      var alloc_ns: Spread?
      var pair_ns: Spread?
      var metadata_bytes_per_frame: Double?
      var fault: Fault?
    }
    var plugins: [Plugin]
    var rows: [Row]
  }

  static let quick = [
    "bench", "--allocators", "stack", "--patterns", "bulk", "--orders", "0", "--memory", "8MiB",
    "--repetitions", "1",
  ]

  static func answer(_ plugin: String, _ more: [String] = []) throws -> (Answer, Tool.Outcome) {
    let outcome = try Tool.run(quick + ["--json", "--plugin", plugin] + more)
    let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    return (answer, outcome)
  }

  @Test("an allocator that keeps its promises is a row like ours")
  func good() throws {
    let path = Self.buddy.path
    let (answer, outcome) = try Self.answer(path)
    try #require(outcome.code == 0, "\(Self.buddy.log) \(outcome.errors)")
    let plugin = try #require(answer.plugins.first)
    #expect(plugin.name == "bitmap buddy (example in C)")
    #expect(plugin.interface_version == "1.0")
    #expect(plugin.capabilities == ["partial_free", "is_free", "counts"])
    let findings = try #require(plugin.findings)
    #expect(findings.operations > 100_000 && findings.merges && findings.refusals == 0)
    #expect(findings.notes == [])
    let row = try #require(answer.rows.first { $0.allocator == "plugin:\(path)" })
    #expect(row.verified && (row.pair_ns?.min ?? 0) > 0)
    // Two bits per frame, and what 8 MiB have of fixed parts.
    #expect((0.25...0.5).contains(row.metadata_bytes_per_frame ?? 0))
  }

  @Test(
    "a broken promise is named",
    arguments: [
      ("crash", "crashed", "SIGSEGV during: every frame"),
      ("abort", "crashed", "its last words: bad: a broken heap"),
      ("exit", "crashed", "it ended the process with status 0 during: every frame"),
      ("crash in destroy", "crashed", "SIGSEGV during: destruction"),
      ("hang", "timeout", "no sign of life for 2 s, during: every frame"),
      ("spin", "timeout", "no sign of life for 2 s, during: every frame"),
      ("overlap", "overlap", "at frame 997 has frames of another one"),
      ("misalign", "misaligned", "a block of order 10 at frame 1"),
      ("out of range", "out of range", "at frame 2147483648"),
      ("enormous", "out of range", "at frame 1099511627776"),
      ("leak", "leaked", "of 32768 frames can be had after every one was freed"),
      ("refuse a free", "refused a free", "which was allocated so"),
      ("miscount", "miscounted", "32767 free frames, 32768 are free"),
      ("miscount one", "miscounted", "is_free says yes of frame 77, which is allocated"),
      ("no create", "not created", "it is the wrong day"),
    ])
  func broken(defect: String, kind: String, detail: String) throws {
    try Self.expect(Self.bad, defect, kind, detail)
  }

  @Test(
    "a library that is no plugin, or one for another interface, is refused before it is called",
    arguments: [
      ("WRONG_VERSION", "wrong version", "compiled for version 7.2 of the interface, this is 1.0"),
      ("NO_ENTRY", "no entry point", "exports no framelab_frame_allocator"),
      ("NO_TABLE", "incomplete table", "gave no table"),
      ("NULL_FREE", "incomplete table", "free is NULL"),
      ("NULL_CLAIM", "incomplete table", "claim is NULL"),
      ("SHORT_TABLE", "incomplete table", "a table of 64 bytes is too small"),
      ("CLAIM", "refused", "a claim of 700 free frames"),
      ("HOLES", "miscounted", "statistics have 32768 free frames, 31712 are free"),
      ("THREADS", "overlap", "during: 2 threads at once"),
    ])
  func refused(definition: String, kind: String, detail: String) throws {
    try Self.expect(Library("Tests/Plugins/bad.c", definition), "", kind, detail)
  }

  @Test("a crash where threads meet is found before any figure")
  func crashInThread() throws {
    try Self.expect(
      Library("Tests/Plugins/bad.c", "THREADS"), "crash in a thread", "crashed",
      "SIGBUS during: 2 threads at once")
  }

  @Test("a plugin of a later minor version, with more fields and capabilities, works")
  func newer() throws {
    let library = Library("Tests/Plugins/bad.c", "NEWER")
    let (answer, outcome) = try Self.answer(library.path)
    #expect(outcome.code == 0, "\(library.log) \(outcome.output)")
    #expect(answer.plugins.first?.interface_version == "1.3")
    #expect(answer.plugins.first?.capabilities == ["partial_free", "is_free"])
  }

  /// What the examination says of a plugin, without the rest of a benchmark.
  private static func expect(
    _ library: Library, _ options: String, _ kind: String, _ detail: String
  ) throws {
    let plugin = try PluginBenchmark(
      PluginName(path: library.path, options: options), executable: Tool.path,
      arguments: ["plugin-child"], threads: 1, seed: 1, patience: 2, isCancelled: { false })
    let fault = try #require(plugin.report.fault, "\(library.log)")
    #expect(fault.kind.rawValue == kind)
    #expect(fault.detail.contains(detail), "\(fault.detail)")
    #expect(plugin.report.findings == nil)
  }

  @Test("a fault takes the place of every figure in the JSON, and the other rows go on")
  func rows() throws {
    let (answer, outcome) = try Self.answer("\(Self.bad.path):overlap")
    #expect(outcome.code == 1)
    #expect(answer.plugins.first?.fault?.kind == "overlap")
    #expect(answer.plugins.first?.findings == nil)
    let rows = answer.rows.filter { $0.allocator.hasPrefix("plugin:") }
    #expect(rows.count == 1)
    for row in rows {
      #expect(!row.verified && row.alloc_ns == nil && row.pair_ns == nil)
      #expect(row.fault?.kind == "overlap")
    }
    #expect(answer.rows.contains { $0.allocator == "stack" && $0.verified })
  }

  @Test("a broken plugin has its fault in every row of the recovery experiment, a good one figures")
  func recoveryRows() throws {
    struct Answer: Decodable {
      struct Row: Decodable {
        struct Spread: Decodable { var min: Double }
        var allocator: String
        var verified: Bool
        var recovered_share: Spread?
        var pair_ns: Spread?
      }
      var rows: [Row]
      var plugins: [PluginReport]
    }
    let outcome = try Tool.run([
      "bench", "--suite", "recovery", "--allocators", "stack", "--memory", "64MiB", "--rounds", "3",
      "--repetitions", "1", "--json", "--plugin", Self.buddy.path, "--plugin",
      "\(Self.bad.path):leak",
    ])
    #expect(outcome.code == 1, "\(outcome.errors)")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    let good = answer.rows.filter { $0.allocator == "plugin:\(Self.buddy.path)" }
    #expect(good.count == 5)
    for row in good {
      #expect(row.verified && (row.pair_ns?.min ?? 0) > 0)
      #expect((0...1).contains(row.recovered_share?.min ?? -1))
    }
    let bad = answer.rows.filter { $0.allocator.hasSuffix(":leak") }
    #expect(bad.count == 5 && bad.allSatisfy { !$0.verified && $0.recovered_share == nil })
    #expect(answer.plugins.map { $0.fault?.kind } == [nil, .leaked])
  }

  @Test("a live frame that is handed out in a timed loop only takes the loop's figure away")
  func lends() throws {
    let outcome = try Tool.run([
      "bench", "--allocators", "stack", "--patterns", "bulk,repeat", "--orders", "0", "--memory",
      "8MiB", "--repetitions", "1", "--json", "--plugin", "\(Self.bad.path):lend",
    ])
    #expect(outcome.code == 1, "\(outcome.errors)")
    let answer = try JSONDecoder().decode(Answer.self, from: Data(outcome.output.utf8))
    #expect(answer.plugins.first?.fault == nil)
    let rows = answer.rows.filter { $0.allocator.hasSuffix(":lend") }
    #expect(rows.map { $0.fault?.kind } == [nil, "overlap"], "\(outcome.output)")
    #expect(rows.map { $0.pair_ns == nil } == [false, true])
  }

  @Test("what is allowed but worth knowing is a note and no fault")
  func notes() throws {
    let (refusing, outcome) = try Self.answer("\(Self.bad.path):refuse at times")
    #expect(outcome.code == 0, "\(outcome.output)")
    let refusals = try #require(refusing.plugins.first?.findings?.refusals)
    #expect(refusals > 0)
    let (odd, _) = try Self.answer("\(Self.bad.path):odd")
    #expect(
      odd.plugins.first?.findings?.notes
        == ["it takes no range with odd ends: the start is no multiple of 1024"])
    // What a plugin prints does not disturb the answer.
    let (chatter, _) = try Self.answer("\(Self.bad.path):chatter")
    #expect(chatter.plugins.first?.fault == nil)
  }

  @Test("the words say the same as the JSON")
  func words() throws {
    let leaking = "\(Self.bad.path):leak"
    let outcome = try Tool.run(Self.quick + ["--plugin", leaking, "--plugin", Self.buddy.path])
    #expect(outcome.code == 1)
    let widest = outcome.output.split(separator: "\n").map(\.count).max() ?? 0
    #expect(widest <= 100, "\(outcome.output)")
    // Lines are broken anywhere between words.
    let text = outcome.output.split { $0 == "\n" || $0 == " " }.joined(separator: " ")
    #expect(text.contains("bad, \(leaking): not measured. leaked: only "))
    #expect(text.contains("operations on 1 thread agree with a map of every frame"))
    #expect(text.contains("off: threads, claim, release, drain, holes"), "\(text)")
  }

  @Test("a file that cannot be loaded is a fault, one that is not there bad usage")
  func files() throws {
    let (answer, _) = try Self.answer("\(Tool.checkout)/LICENSE")
    #expect(answer.plugins.first?.fault?.kind == "not loadable")
    let outcome = try Tool.run(Self.quick + ["--plugin", "/nowhere/x.so:options"])
    #expect(outcome.code == 2)
    #expect(
      outcome.errors
        == "framelab: --plugin /nowhere/x.so:options: /nowhere/x.so does not exist\n")
  }

  @Test("a plugin takes part in the recovery experiment")
  func recovery() throws {
    try #require(Self.buddy.log.isEmpty, "\(Self.buddy.log)")
    let outcome = try Tool.run([
      "bench", "--suite", "recovery", "--memory", "64MiB", "--rounds", "5", "--repetitions", "1",
      "--allocators", "row-buddy", "--plugin", Self.buddy.path,
    ])
    #expect(outcome.code == 0 && outcome.errors.isEmpty, "\(outcome.errors)")
    let lines = outcome.output.split(separator: "\n")
    // One line in each of the five tables.
    #expect(lines.count { $0.hasPrefix("bitmap buddy (example in C)  ") } == 5)
  }
}
