/// The recording that was replayed.
public struct Workload: Codable, Hashable, Sendable {
  /// File name without folders.
  public var recording: String
  /// SHA-256 or the like of the file's bytes, to know it again.
  public var checksum: String
  public var origin: String
  public var eventCount: UInt64
  public var spanNs: UInt64
  public var livePeakBytes: UInt64
  public var threads: Int
  public var caveats: [String]

  public init(
    recording: String, checksum: String, origin: String, eventCount: UInt64, spanNs: UInt64,
    livePeakBytes: UInt64, threads: Int, caveats: [String] = []
  ) {
    self.recording = recording
    self.checksum = checksum
    self.origin = origin
    self.eventCount = eventCount
    self.spanNs = spanNs
    self.livePeakBytes = livePeakBytes
    self.threads = threads
    self.caveats = caveats
  }

  enum CodingKeys: String, CodingKey {
    case recording, checksum, origin, threads, caveats
    case eventCount = "event_count"
    case spanNs = "span_ns"
    case livePeakBytes = "live_peak_bytes"
  }
}
