internal import MemoryUnits
internal import PageFrames

/// The keys of an experiment file, declared once: parsing, errors and documentation come from here.
public enum ExperimentParameters {
  static let title = Parameter(
    name: "title", range: "text", defaultValue: "", summary: "Headline of the report.")
  static let recording = Parameter(
    name: "recording", range: "path, relative to the experiment file", defaultValue: "",
    summary: "The heap recording to replay (.fltrace, heaptrack, .rep, size table). Required.")
  static let instances = Parameter(
    name: "instances", range: "1...4096", defaultValue: 1,
    summary: "Copies of the program that share the machine, started at seeded offsets.")
  static let machine = Parameter(
    name: "machine", unit: "bytes", range: "4MiB...8TiB", defaultValue: "fitting",
    summary: "Memory of the simulated machine; by default the power of two above two live peaks.")
  static let seed = Parameter(
    name: "seed", range: "0...9223372036854775807", defaultValue: 1,
    summary: "Decides the offsets of the instances; repetition r uses seed + r.")
  static let repetitions = Parameter(
    name: "repetitions", range: "1...1000", defaultValue: 3,
    summary: "Runs per system; with three and more, means carry confidence intervals.")
  static let touch = Parameter(
    name: "touch", range: "first-byte, all or stride:BYTES", defaultValue: "all",
    summary: "Which bytes of a new object are written.")
  static let samples = Parameter(
    name: "samples", range: "1...100000", defaultValue: 60,
    summary: "Samples of every system, evenly over the run.")
  static let duration = Parameter(
    name: "duration", unit: "ns", range: "time such as 30s, 500ms", defaultValue: "by schedule",
    summary: "Length of the run: one pass for one instance, two for several.")
  static let minFreeKilobytes = ZoneSettings.minFreeKilobytesParameter
  static let watermarkScaleFactor = ZoneSettings.watermarkScaleFactorParameter
  static let allocator = Parameter(
    name: "allocator", range: "list-buddy, row-buddy or a policy such as linux-6.18",
    defaultValue: "list-buddy",
    summary: "The page-frame allocator of the machine under simulated systems.")
  static let age = Parameter(
    name: "age",
    range: "METHOD UNUSABLE [unmovable SHARE] [free SHARE] [trace FILE], such as frag 60%",
    defaultValue: "empty memory",
    summary: "How memory is fragmented on purpose before the first record; see framelab age.")
  static let systems = Parameter(
    name: "systems", range: "list of system names",
    defaultValue: SystemName.defaults.map(\.rawValue).joined(separator: ", "),
    summary: "What the recording is replayed through.")

  /// All keys in the order of the documentation.
  static let names = [
    title.name, recording.name, instances.name, machine.name, seed.name, repetitions.name,
    touch.name, samples.name, duration.name, minFreeKilobytes.name, watermarkScaleFactor.name,
    allocator.name, age.name, systems.name,
  ]
}
