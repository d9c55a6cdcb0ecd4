import LinuxHost

/// The virtual-memory layer's own speed: faults, fork, unmapping, areas.
public struct MachineSuite: Sendable {
  /// Pages of the measured mapping.
  public var pages: Int
  public var repetitions: Int

  public init(pages: Int, repetitions: Int) {
    self.pages = pages
    self.repetitions = repetitions
  }

  /// When `progress` throws `CancellationError`, the result has what was measured until then.
  public func result(_ progress: (BenchmarkRun.Progress) throws -> Void) throws -> MachineResult {
    var figures: [MachineOperation: [Double]] = [:]
    var floors: [Double] = []
    var result = MachineResult(pages: pages)
    do {
      for repetition in 0..<repetitions {
        try progress(
          BenchmarkRun.Progress(done: repetition, total: repetitions, what: "machines"))
        var run = MachineRepetition(pages: pages)
        do {
          try run.run()
        } catch {
          result.fault = error
          break
        }
        for (operation, figure) in run.figures { figures[operation, default: []].append(figure) }
        floors.append(run.floorNs)
      }
    } catch is CancellationError {
      result.isComplete = false
    }
    if floors.isEmpty, result.fault == nil { throw CancellationError() }
    result.repetitions = floors.count
    result.floorNs = Spread(floors)
    for operation in MachineOperation.allCases {
      if let figure = Spread(figures[operation] ?? []) {
        result.rows.append(MachineRow(operation, figure, floor: floors.min()))
      }
    }
    return result
  }
}

/// All that `framelab bench --suite machine` measured.
public struct MachineResult: Encodable, Sendable {
  /// False when the run was stopped: there are fewer repetitions.
  public internal(set) var isComplete = true
  public internal(set) var repetitions = 0
  public var pages: Int
  /// A pass over one descriptor and one entry per page, ns.
  public internal(set) var floorNs: Spread?
  public internal(set) var rows: [MachineRow] = []
  /// What a machine did wrong; the suite ends there.
  public internal(set) var fault: BenchmarkFault?

  init(pages: Int) { self.pages = pages }

  enum CodingKeys: String, CodingKey {
    case repetitions, pages, rows, fault
    case isComplete = "complete"
    case floorNs = "floor_ns"
  }
}

/// One operation over all repetitions.
public struct MachineRow: Encodable, Sendable {
  public var operation: MachineOperation
  public var ns: Spread
  /// The smallest figure divided by the floor; nil where the floor is none of it.
  public var floorRatio: Double?

  init(_ operation: MachineOperation, _ ns: Spread, floor: Double?) {
    self.operation = operation
    self.ns = ns
    if let floor, floor > 0, operation.hasFloor { floorRatio = ns.min / floor }
  }

  enum CodingKeys: String, CodingKey {
    case operation, ns
    case floorRatio = "floor_ratio"
  }
}
