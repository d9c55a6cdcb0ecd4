internal import Foundation
internal import Fragmentation
internal import MemoryUnits
internal import TraceFormats
internal import VirtualMemory
internal import Yams

extension Experiment {
  /// Reads an experiment file.
  ///
  /// - Parameter overrides: `KEY=VALUE`, as `--set` takes them.
  /// - Throws: `ExperimentError` naming file, line and key.
  public init(contentsOf path: String, overrides: [String] = []) throws {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ExperimentError(
        path: path, message: "cannot be read; expected an experiment file in YAML")
    }
    try self.init(yaml: text, path: path, overrides: overrides)
  }

  /// Reads the text of an experiment file; `path` names it in errors and is what the recording's
  /// path is relative to.
  public init(yaml text: String, path: String, overrides: [String] = []) throws {
    let file = try ExperimentMapping(yaml: text, path: path, overrides: overrides)
    try file.refuseUnknownKeys(ExperimentParameters.names)

    let base = URL(fileURLWithPath: path)
    name = base.deletingPathExtension().lastPathComponent
    title = try file.text(ExperimentParameters.title.name) ?? name
    guard let recording = try file.text(ExperimentParameters.recording.name) else {
      throw ExperimentError(
        path: path, line: 1, key: ExperimentParameters.recording.name,
        message: "missing; expected the path of a heap recording")
    }
    func beside(_ path: String) -> String {
      path.hasPrefix("/")
        ? path : base.deletingLastPathComponent().appendingPathComponent(path).relativePath
    }
    recordingPath = beside(recording)
    instances = try file.integer(ExperimentParameters.instances, 1...4096)
    machine = try file.value(
      ExperimentParameters.machine.name, expected: "a size such as 8GiB, from 4MiB to 8TiB"
    ) { text in
      ByteCount(text).flatMap { ((4 << 20)...(8 << 40)).contains($0.rawValue) ? $0 : nil }
    }
    seed = UInt64(try file.integer(ExperimentParameters.seed, 0...Int.max))
    repetitions = try file.optionalInteger(ExperimentParameters.repetitions.name, 1...1000)
    touch =
      try file.value(
        ExperimentParameters.touch.name, expected: ExperimentParameters.touch.range
      ) { TouchModel($0) } ?? .all
    samples = try file.integer(ExperimentParameters.samples, 1...100_000)
    durationNs = try file.value(
      ExperimentParameters.duration.name, expected: "a time such as 30s, 500ms or 2m"
    ) { TimeSpan($0)?.nanoseconds }
    minFreeKilobytes = try file.optionalInteger(
      ExperimentParameters.minFreeKilobytes.name, 0...4_194_304)
    watermarkScaleFactor = try file.integer(ExperimentParameters.watermarkScaleFactor, 1...3000)
    allocator =
      try file.value(
        ExperimentParameters.allocator.name, expected: ExperimentParameters.allocator.range
      ) { MachineConfiguration.Allocator(rawValue: $0) } ?? .listBuddy
    age = try file.value(
      ExperimentParameters.age.name, expected: ExperimentParameters.age.range
    ) { text in
      AgingRequest(text).map {
        AgingRequest($0.method, $0.goal, trace: $0.trace.map(beside))
      }
    }
    systems = try file.systems() ?? SystemName.defaults
  }
}
