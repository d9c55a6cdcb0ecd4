/// What a heap trace holds, in figures.
public struct HeapTraceSummary: Hashable, Sendable {
  /// One class of requested sizes: at most `upperBytes` and above half of it.
  public struct SizeClass: Hashable, Sendable {
    /// A power of two, at least 16; the last class has the largest power that occurs.
    public var upperBytes: UInt64
    /// Heap objects that were asked for; a realloc counts with its new size.
    public var requests: Int
    /// How many of the objects that live at the peak are of the class.
    public var liveAtPeak: Int
  }

  /// Records by operation, in the order of `HeapOperation`'s cases.
  public var operations: [(operation: HeapOperation, count: Int)] {
    zip(HeapOperation.allCases, counts).map { ($0, $1) }
  }
  private var counts: [Int]

  public private(set) var livePeakBytes: UInt64 = 0
  /// When the peak was first reached, ns.
  public private(set) var livePeakNs: UInt64 = 0
  public private(set) var livePeakObjects = 0
  public private(set) var liveEndBytes: UInt64 = 0
  public private(set) var liveEndObjects = 0
  /// All that was ever asked for, saturating.
  public private(set) var requestedBytes: UInt64 = 0
  public private(set) var sizeClasses: [SizeClass] = []
  public private(set) var residentPeakBytes: UInt64?
  public private(set) var anonHugePeakBytes: UInt64?

  /// Of a well-formed trace, which all readers give.
  public init(_ trace: HeapTrace) {
    counts = [Int](repeating: 0, count: HeapOperation.allCases.count)
    residentPeakBytes = trace.residentSamples.map(\.residentBytes).max()
    anonHugePeakBytes = trace.residentSamples.map(\.anonHugeBytes).max()
    var sizes = [UInt64](repeating: 0, count: trace.slotCount)
    var requests = [Int](repeating: 0, count: 65)
    var live = [Int](repeating: 0, count: 65)
    var peak = live
    var peakIsStale = false
    var objects = 0
    for record in trace.records {
      guard let operation = record.operation else { continue }
      let slot = Int(record.slot)
      counts[Int(record.operationCode) - 1] += 1
      // The objects at the peak are noted when the curve turns down, not at every new high.
      let shrinks = record.size < sizes[slot]
      if shrinks, peakIsStale {
        peak = live
        peakIsStale = false
      }
      let isNew = operation == .allocate || operation == .allocateZeroed || operation == .map
      let ends = operation == .free || operation == .unmap
      if !isNew { live[Self.index(sizes[slot])] -= 1 }
      if !ends { live[Self.index(record.size)] += 1 }
      objects += isNew ? 1 : ends ? -1 : 0
      liveEndBytes = liveEndBytes &- sizes[slot] &+ record.size
      sizes[slot] = record.size
      if operation == .allocate || operation == .allocateZeroed || operation == .reallocate {
        requests[Self.index(record.size)] += 1
      }
      let (sum, overflow) = requestedBytes.addingReportingOverflow(record.size)
      requestedBytes = overflow ? .max : sum
      if liveEndBytes > livePeakBytes {
        livePeakBytes = liveEndBytes
        livePeakNs = record.timeNs
        livePeakObjects = objects
        peakIsStale = true
      }
    }
    if peakIsStale { peak = live }
    liveEndObjects = objects
    let used = (4..<64).filter { requests[$0] > 0 || peak[$0] > 0 }
    if let first = used.first, let last = used.last {
      sizeClasses = (first...last).map {
        SizeClass(upperBytes: 1 << UInt64($0), requests: requests[$0], liveAtPeak: peak[$0])
      }
    }
  }

  /// log2 of the power of two that holds a size, at least 4.
  private static func index(_ size: UInt64) -> Int {
    size <= 16 ? 4 : 64 - (size - 1).leadingZeroBitCount
  }
}
