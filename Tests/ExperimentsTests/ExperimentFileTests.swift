import Experiments
import Fragmentation
import MemoryUnits
import Testing
import TraceFormats
import VirtualMemory

@Suite("Experiment files")
struct ExperimentFileTests {
  func read(_ yaml: String) throws -> Experiment {
    try Experiment(yaml: yaml, path: "folder/trial.yaml")
  }

  @Test("need one line, and every default is stated")
  func defaults() throws {
    let experiment = try read("recording: a.fltrace\n")
    #expect(experiment.name == "trial")
    #expect(experiment.title == "trial")
    #expect(experiment.recordingPath == "folder/a.fltrace")
    #expect(experiment.instances == 1)
    #expect(experiment.machine == nil)
    #expect(experiment.seed == 1)
    #expect(experiment.repetitions == nil)
    #expect(experiment.touch == .all)
    #expect(experiment.samples == 60)
    #expect(experiment.durationNs == nil)
    #expect(experiment.minFreeKilobytes == nil)
    #expect(experiment.watermarkScaleFactor == 10)
    #expect(experiment.allocator == .listBuddy)
    #expect(experiment.age == nil)
    #expect(experiment.systems == SystemName.defaults)
  }

  @Test("read every key")
  func everyKey() throws {
    let experiment = try read(
      """
      title: All of it
      recording: /data/a.rep
      instances: 12
      machine: 8GiB
      seed: 7
      repetitions: 5
      touch: stride:65536
      samples: 10
      duration: 1.5s
      min_free_kbytes: 1024
      watermark_scale_factor: 200
      allocator: row-buddy
      age: random-half 60% unmovable 5%
      systems:
        - tcmalloc
        - list-buddy
      """)
    #expect(experiment.title == "All of it")
    #expect(experiment.recordingPath == "/data/a.rep")
    #expect(experiment.instances == 12)
    #expect(experiment.machine == ByteCount(8 << 30))
    #expect(experiment.seed == 7)
    #expect(experiment.repetitions == 5)
    #expect(experiment.touch == .stride(65536))
    #expect(experiment.samples == 10)
    #expect(experiment.durationNs == 1_500_000_000)
    #expect(experiment.minFreeKilobytes == 1024)
    #expect(experiment.watermarkScaleFactor == 200)
    #expect(experiment.allocator == .rowBuddy)
    #expect(
      experiment.age == AgingRequest(.randomHalf, AgingGoal(unusable: 0.6, unmovable: 0.05)))
    #expect(experiment.systems == [.tcmalloc, .listBuddy])
  }

  /// The text, the line that the error must name, the key, and a word of the expectation.
  static let mistakes: [(String, Int, String?, String)] = [
    ("title: no recording", 1, "recording", "missing"),
    ("recording: a\nmachine: 8Gib of it", 2, "machine", "8GiB"),
    ("recording: a\nmachine: 1MiB", 2, "machine", "4MiB"),
    ("recording: a\n\ninstances: 0", 3, "instances", "1 to 4096"),
    ("recording: a\ninstances: many", 2, "instances", "`many`"),
    ("recording: a\nallocator: buddy", 2, "allocator", "row-buddy or a policy"),
    ("recording: a\nage: frag", 2, "age", "METHOD UNUSABLE"),
    ("recording: a\ninstances: [1, 2]", 2, "instances", "list"),
    ("recording: a\nsystems: [list-buddy, fastmalloc]", 2, "systems", "`fastmalloc`"),
    ("recording: a\nsystems:\n  - glibc\n  - glibc", 4, "systems", "once"),
    ("recording: a\nsystems: []", 2, "systems", "one or more"),
    ("recording: a\ntouch: stride:0", 2, "touch", "stride:BYTES"),
    ("recording: a\nduration: 5 parsecs", 2, "duration", "30s"),
    ("recording: a\nduration: 0s", 2, "duration", "30s"),
    ("recording: a\nrecordng: b", 2, "recordng", "unknown key"),
    ("recording: a\nseed: -1", 2, "seed", "whole number"),
    ("recording: a\nseed: 1\nseed: 2", 3, nil, "twice"),
    ("- a\n- b", 1, nil, "key: value"),
    ("", 1, nil, "key: value"),
    ("recording: [a", 1, nil, "YAML"),
  ]

  @Test("name line, key and expectation of a mistake", arguments: mistakes)
  func mistake(yaml: String, line: Int, key: String?, word: String) {
    let error = #expect(throws: ExperimentError.self) { try read(yaml) }
    if word != "YAML" { #expect(error?.line == line) } else { #expect(error?.line != nil) }
    if let key { #expect(error?.key == key) }
    let text = error.map(\.description) ?? ""
    #expect(text.contains(word), "\(text)")
    #expect(text.hasPrefix("folder/trial.yaml:"))
    #expect(!text.contains("\n"))
  }

  @Test("that are missing or no text are refused by name")
  func unreadable() {
    let error = #expect(throws: ExperimentError.self) {
      try Experiment(contentsOf: "/nonexistent/x.yaml")
    }
    #expect(error?.description.hasPrefix("/nonexistent/x.yaml") == true)
  }

  @Test(
    "that give no machine get the power of two above two live peaks",
    arguments: [
      (UInt64(1), 1, 64), (64 << 20, 1, 128), (65 << 20, 1, 256), (170 << 20, 12, 4096),
    ])
  func fitting(peak: UInt64, instances: Int, mebibytes: Int) {
    let machine = Experiment.fittingMachine(livePeakBytes: peak, instances: instances)
    #expect(machine.rawValue == mebibytes << 20)
  }
}
