/// The experiment as it ran, defaults filled in.
public struct Configuration: Codable, Hashable, Sendable {
  public var name: String
  public var title: String
  /// Size of the simulated machine.
  public var machineBytes: UInt64
  public var instances: Int
  public var seed: UInt64
  public var repetitions: Int
  /// `first-byte`, `all`, `stride:N`: which bytes of a new object are written.
  public var touch: String
  /// Length of the run on the recording's clock.
  public var durationNs: UInt64
  public var sampleCount: Int

  public init(
    name: String, title: String, machineBytes: UInt64, instances: Int, seed: UInt64,
    repetitions: Int, touch: String, durationNs: UInt64, sampleCount: Int
  ) {
    self.name = name
    self.title = title
    self.machineBytes = machineBytes
    self.instances = instances
    self.seed = seed
    self.repetitions = repetitions
    self.touch = touch
    self.durationNs = durationNs
    self.sampleCount = sampleCount
  }

  enum CodingKeys: String, CodingKey {
    case name, title, instances, seed, repetitions, touch
    case machineBytes = "machine_bytes"
    case durationNs = "duration_ns"
    case sampleCount = "sample_count"
  }
}
