internal import MemoryUnits

extension SizeTable {
  /// A table must not make a trace larger than a machine can hold.
  private static let eventLimit = 1e8

  /// The birth-death process that the table describes: allocations of each class come as a Poisson
  /// stream of its rate, and each object lives for an exponential time with the mean live / rate.
  /// It starts warm, with the live objects there from time 0, which is the state it stays around.
  /// Classes with rate 0 never free. The same seed gives the same trace on every host.
  func process(options: ForeignOptions) throws(TraceError) -> HeapTrace {
    let duration = Double(options.durationNs)
    let births = classes.reduce(0.0) { $0 + $1.rate } * duration / 1e9
    let live = classes.reduce(0.0) { $0 + Double($1.live) }
    guard 2 * births + live < Self.eventLimit else {
      throw TraceError(
        path: path,
        message: "would give about \(2 * births + live) events, more than 10^8; shorten --duration")
    }
    var draw = ExponentialSampler(seed: options.seed)
    var builder = ForeignTraceBuilder()
    var queue = EventQueue()
    for (index, entry) in classes.enumerated() {
      for _ in 0..<entry.live {
        let slot = try allocate(entry.size, &builder)
        if entry.rate > 0 {
          queue.insert(time: draw.next(mean: lifetimeNs(entry)), event: .death(slot))
        }
      }
      if entry.rate > 0 {
        queue.insert(time: draw.next(mean: 1e9 / entry.rate), event: .birth(index))
      }
    }
    builder.stamp(0)
    while let (time, event) = queue.popFirst(), time <= duration {
      switch event {
      case .death(let slot):
        builder.free(slot)
      case .birth(let index):
        let entry = classes[index]
        let slot = try allocate(entry.size, &builder)
        queue.insert(time: time + draw.next(mean: lifetimeNs(entry)), event: .death(slot))
        queue.insert(time: time + draw.next(mean: 1e9 / entry.rate), event: .birth(index))
      }
      builder.stampLast(min(UInt64(time), options.durationNs))
    }
    return HeapTrace(
      records: builder.records, slotCount: builder.slotCount, threadCount: 1,
      spanNs: options.durationNs, origin: "size-table",
      caveats: [
        "Drawn from a table of sizes, rates and live counts (seed \(options.seed)): Poisson "
          + "allocations, exponential lifetimes, independent of each other, as no program is."
      ])
  }

  private func allocate(
    _ size: UInt64, _ builder: inout ForeignTraceBuilder
  ) throws(TraceError) -> UInt32 {
    if let slot = builder.allocate(size) { return slot }
    throw TraceError(path: path, message: "more than 2^32 objects live at once")
  }

  private func lifetimeNs(_ entry: SizeClass) -> Double {
    Double(entry.live) / entry.rate * 1e9
  }
}

/// Exponential variates by von Neumann's method (Various techniques used in connection with random
/// digits, 1951): comparisons of uniform numbers alone, no logarithm, whose last bit differs between
/// math libraries and would break `same seed, same trace`.
struct ExponentialSampler {
  private var generator: SplitMix64

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  mutating func next(mean: Double) -> Double {
    var whole = 0.0
    while true {
      let first = generator.next()
      var last = first
      var descending = 1
      while true {
        let following = generator.next()
        if following >= last { break }
        last = following
        descending += 1
      }
      // A descending run of odd length accepts its first number as the fraction.
      if descending % 2 == 1 {
        return (whole + Double(first >> 11) * 0x1p-53) * mean
      }
      whole += 1
    }
  }
}

/// Future events, the earliest first; at equal times in order of insertion.
private struct EventQueue {
  enum Event {
    case birth(Int)
    case death(UInt32)
  }

  private struct Entry {
    var time: Double
    var sequence: UInt64
    var event: Event

    func precedes(_ other: Entry) -> Bool {
      time != other.time ? time < other.time : sequence < other.sequence
    }
  }

  /// A binary heap: the parent of i at (i - 1) / 2 precedes it.
  private var entries: [Entry] = []
  private var sequence: UInt64 = 0

  mutating func insert(time: Double, event: Event) {
    let entry = Entry(time: time, sequence: sequence, event: event)
    sequence += 1
    entries.append(entry)
    var index = entries.count - 1
    while index > 0, entry.precedes(entries[(index - 1) / 2]) {
      entries[index] = entries[(index - 1) / 2]
      index = (index - 1) / 2
    }
    entries[index] = entry
  }

  mutating func popFirst() -> (time: Double, event: Event)? {
    guard let first = entries.first, let last = entries.popLast() else { return nil }
    if !entries.isEmpty {
      var index = 0
      while 2 * index + 1 < entries.count {
        var child = 2 * index + 1
        if child + 1 < entries.count, entries[child + 1].precedes(entries[child]) { child += 1 }
        if !entries[child].precedes(last) { break }
        entries[index] = entries[child]
        index = child
      }
      entries[index] = last
    }
    return (first.time, first.event)
  }
}
