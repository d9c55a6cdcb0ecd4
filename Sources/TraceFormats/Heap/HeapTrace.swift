/// Resident memory of the recorded program, as the kernel reported it.
public struct ResidentSample: Hashable, Sendable, Codable {
  /// Nanoseconds since the start of the recording.
  public var timeNs: UInt64
  public var residentBytes: UInt64
  /// AnonHugePages of the program.
  public var anonHugeBytes: UInt64

  public init(timeNs: UInt64, residentBytes: UInt64, anonHugeBytes: UInt64) {
    self.timeNs = timeNs
    self.residentBytes = residentBytes
    self.anonHugeBytes = anonHugeBytes
  }
}

/// A heap recording of one process, decoded: well formed (every slot is empty when it is allocated
/// and full when it is freed), in time order.
public struct HeapTrace: Sendable {
  public var records: [HeapRecord]
  /// All slots are below this number.
  public var slotCount: Int
  public var threadCount: Int
  /// From the first to the last event or the end of the recording, whichever is later, ns.
  public var spanNs: UInt64
  public var residentSamples: [ResidentSample]
  /// Where the trace came from: `framelab`, `heaptrack`, `rep`, `size-table`.
  public var origin: String
  /// What a reader of results has to know about this trace, one sentence each: assumptions of a
  /// conversion, lost records.
  public var caveats: [String]

  public init(
    records: [HeapRecord], slotCount: Int, threadCount: Int, spanNs: UInt64,
    residentSamples: [ResidentSample] = [], origin: String, caveats: [String] = []
  ) {
    self.records = records
    self.slotCount = slotCount
    self.threadCount = threadCount
    self.spanNs = spanNs
    self.residentSamples = residentSamples
    self.origin = origin
    self.caveats = caveats
  }
}
