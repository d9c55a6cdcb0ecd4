import Fragmentation
import LinuxHost
public import MemoryUnits
import PageFrames

/// The availability answer for a whole memory, against a plain read of its descriptors.
public struct AvailabilitySuite: Sendable {
  public var memory: ByteCount
  public var repetitions: Int
  public var seed: UInt64

  public init(memory: ByteCount, repetitions: Int, seed: UInt64) {
    self.memory = memory
    self.repetitions = repetitions
    self.seed = seed
  }

  /// When `progress` throws `CancellationError`, the result has what was measured until then.
  public func result(
    _ progress: (BenchmarkRun.Progress) throws -> Void
  ) throws -> AvailabilityResult {
    var result = AvailabilityResult(frames: memory.frames, repetitions: repetitions)
    do {
      for (index, state) in AvailabilityState.allCases.enumerated() {
        let memory = state.memory(frames: memory.frames, seed: seed)
        var row = Measuring(state: state)
        for repetition in 0..<repetitions {
          try progress(
            BenchmarkRun.Progress(
              done: index * repetitions + repetition,
              total: AvailabilityState.allCases.count * repetitions, what: state.title))
          row.measure(memory)
        }
        if let row = AvailabilityRow(row) { result.rows.append(row) }
      }
    } catch is CancellationError {
      result.isComplete = false
      if result.rows.isEmpty { throw CancellationError() }
    }
    return result
  }

  /// One state under measurement.
  struct Measuring {
    let state: AvailabilityState
    var readNs: [Double] = []
    var answerNs: [Double] = []
    var sum: UInt64?
    var fault: BenchmarkFault?

    mutating func measure(_ memory: borrowing ListBuddyMemory) {
      let began = ThreadClock.now
      let sum = memory.frames.sumOfWords()
      let read = ThreadClock.now
      let answer = Self.measuredAnswer(memory)
      let ended = ThreadClock.now
      readNs.append(Double(read - began))
      answerNs.append(Double(ended - read))
      if let known = self.sum, known != sum { fault = .init(.miscounted, "the memory changed") }
      self.sum = sum
      check(answer, memory)
    }

    /// All orders of the whole memory: what is measured.
    @inline(never)
    static func measuredAnswer(_ memory: borrowing ListBuddyMemory) -> ZoneAvailability {
      let scan = AvailabilityScan { memory.forEachStates(planes: $0, states: $1) }
      return ZoneAvailability(
        scan, name: "Normal", limits: LinuxLimits(min: 1000, low: 2000))
    }

    /// The answer against the allocator's own lists, and all frames by their states.
    private mutating func check(_ answer: ZoneAvailability, _ memory: borrowing ListBuddyMemory) {
      let areas = FreeAreas(blocks: memory.zone.allocator.freeBlocksByOrder())
      let frames = answer.frames?.values.reduce(0, +) ?? 0
      var isRight = frames == memory.range.count && answer.freeFrames == memory.freeFrames
      for order in 3...10 {
        isRight = isRight && answer[Order(order)]?.now == areas.available(Order(order))
      }
      let gigantic = memory.zone.allocator.freeGiganticBlockCount()
      isRight = isRight && answer[.gigantic]?.now == UInt64(gigantic)
      if !isRight { fault = .init(.miscounted, "the answer is not what the free lists say") }
    }
  }
}

/// All that `framelab bench --suite availability` measured.
public struct AvailabilityResult: Encodable, Sendable {
  /// False when the run was stopped: there are fewer rows.
  public internal(set) var isComplete = true
  public var frames: Int
  public var repetitions: Int
  public internal(set) var rows: [AvailabilityRow] = []

  init(frames: Int, repetitions: Int) {
    self.frames = frames
    self.repetitions = repetitions
  }

  enum CodingKeys: String, CodingKey {
    case frames, repetitions, rows
    case isComplete = "complete"
  }
}

/// One state of the memory over all repetitions.
public struct AvailabilityRow: Encodable, Sendable {
  public var state: AvailabilityState
  /// Reading all descriptors, ns.
  public var readNs: Spread
  /// The answer for orders 3...18, ns.
  public var answerNs: Spread
  /// The smallest answer divided by the smallest read.
  public var ratio: Double
  public var fault: BenchmarkFault?

  init?(_ row: AvailabilitySuite.Measuring) {
    guard let read = Spread(row.readNs), let answer = Spread(row.answerNs), read.min > 0 else {
      return nil
    }
    state = row.state
    readNs = read
    answerNs = answer
    ratio = answer.min / read.min
    fault = row.fault
  }

  enum CodingKeys: String, CodingKey {
    case state, ratio, fault
    case readNs = "read_ns"
    case answerNs = "answer_ns"
  }
}
