import Fragmentation
public import MemoryUnits
import PageFrames
public import VirtualMemory

/// Compaction in a simulated machine: how fast it is, whether it reaches what the availability answer
/// says, what it brings back after the recovery experiment, and the recipe of proactive compaction.
public struct CompactionSuite: Sendable {
  /// One run of the recipe, from elsewhere: allocator and vm.compaction_proactiveness.
  public typealias Recipe =
    @Sendable (MachineConfiguration.Allocator, Int) throws -> CompactionRecipeRow

  /// Of each machine but the recipe's.
  public var memory: ByteCount
  /// Of the recovery experiment.
  public var rounds: Int
  /// Of each row.
  public var repetitions: Int
  /// Of the first repetition.
  public var seed: UInt64
  private let recipe: Recipe

  public init(
    memory: ByteCount, rounds: Int, repetitions: Int, seed: UInt64, recipe: @escaping Recipe
  ) {
    self.memory = memory
    self.rounds = rounds
    self.repetitions = repetitions
    self.seed = seed
    self.recipe = recipe
  }

  static let allocators: [MachineConfiguration.Allocator] = [
    .listBuddy, .rowBuddy, .linux(.linux66), .linux(.linux612), .linux(.linux618),
  ]
  /// Those that differ in how fast compaction is.
  static let fastAllocators: [MachineConfiguration.Allocator] = [
    .listBuddy, .rowBuddy, .linux(.linux618),
  ]
  /// Pinned, where single blocks are asked for.
  static let directShares = [0, 0.001]
  static let pinnedShares = [0, 0.0002, 0.001, 0.003, 0.05, 0.2]

  /// When `progress` throws `CancellationError`, the result has what was measured until then.
  public func result(
    _ progress: (BenchmarkRun.Progress) throws -> Void
  ) throws -> CompactionBenchResult {
    var result = CompactionBenchResult(frames: memory.frames, repetitions: repetitions, seed: seed)
    let fast = Self.fastAllocators
    let directs = fast.count * Self.directShares.count * CompactionPolicy.allCases.count
    let total =
      fast.count * (4 + Self.pinnedShares.count) - 2 + Self.allocators.count + directs
    var done = 0
    func step(_ what: String) throws {
      try progress(BenchmarkRun.Progress(done: done, total: total, what: what))
      done += 1
    }
    do {
      for keepsContents in [false, true] {
        for allocator in fast {
          try step("speed · \(allocator.rawValue)")
          result.speed.append(try speed(allocator, keepsContents))
        }
      }
      for allocator in fast {
        for share in Self.pinnedShares {
          try step("planned and achieved · \(allocator.rawValue)")
          result.plan.append(try plan(allocator, share))
        }
      }
      for allocator in Self.allocators {
        try step("recovery · \(allocator.rawValue)")
        result.recovery.append(try recovery(allocator))
      }
      for allocator in fast {
        for share in Self.directShares {
          for policy in CompactionPolicy.allCases {
            try step("direct compaction · \(allocator.rawValue)")
            result.direct.append(try direct(allocator, share, policy))
          }
        }
      }
      for allocator in fast where allocator != .listBuddy {
        for proactiveness in [0, 20] {
          try step("recipe · \(allocator.rawValue)")
          result.recipe.append(try recipe(allocator, proactiveness))
        }
      }
    } catch let fault as BenchmarkFault {
      result.fault = fault
    } catch is CancellationError {
      result.isComplete = false
      if result.speed.isEmpty { throw CancellationError() }
    } catch let error as Errno {
      result.fault = BenchmarkFault(.refused, "\(error)")
    }
    return result
  }

  private func world(
    _ allocator: MachineConfiguration.Allocator, _ repetition: Int, keepsContents: Bool = false
  ) throws -> CompactionWorld {
    try CompactionWorld.full(
      allocator, frames: memory.frames, keepsContents: keepsContents,
      seed: seed &+ UInt64(repetition))
  }

  private func speed(
    _ allocator: MachineConfiguration.Allocator, _ keepsContents: Bool
  ) throws -> CompactionSpeedRow {
    var figures: [Double] = []
    var floors: [Double] = []
    var moves = 0
    for repetition in 0..<repetitions {
      var world = try world(allocator, repetition, keepsContents: keepsContents)
      try world.freeHalf()
      let run = world.compact()
      guard run.moves > 0 else { throw BenchmarkFault(.miscounted, "nothing moved") }
      try world.verify()
      moves = run.moves
      figures.append(run.ns / Double(run.moves))
      if keepsContents {
        floors.append(CopyFloor(pages: memory.frames, seed: seed).measure())
      }
    }
    guard let spread = Spread(figures) else { throw BenchmarkFault(.miscounted, "no repetition") }
    return CompactionSpeedRow(
      allocator: allocator.rawValue, keepsContents: keepsContents, moves: moves, ns: spread,
      floorNs: floors.min())
  }

  private func plan(
    _ allocator: MachineConfiguration.Allocator, _ share: Double
  ) throws -> CompactionPlanRow {
    var row = CompactionPlanRow(
      allocator: allocator.rawValue, pinnedShare: share, planned: 0, achieved: 0, perfect: 0)
    for repetition in 0..<repetitions {
      var world = try world(allocator, repetition)
      try world.freeHalf()
      try world.pin(share)
      let answer = try known(world.answer())
      row.planned += Int(try known(answer.attainable).low)
      row.perfect += Int(try known(answer.afterCompaction).low)
      _ = world.compact()
      row.achieved += world.freeHugeBlocks
      try world.verify()
    }
    return row
  }

  private func recovery(
    _ allocator: MachineConfiguration.Allocator
  ) throws -> CompactionRecoveryRow {
    var figures: [[Double]] = []
    var fewest: [Double] = []
    for repetition in 0..<repetitions {
      var world = try world(allocator, repetition)
      try world.freeHalf()
      for _ in 0..<rounds { try world.replaceTenth() }
      let before = world.freeHugeBlocks
      let answer = world.answer()
      let run = world.compact()
      let after = world.freeHugeBlocks
      try world.verify()
      figures.append([world.idealBlocks, before, after, run.moves].map { Double($0) })
      // None for more blocks than the answer says can be had.
      if let moves = try known(answer?.moves).moves(UInt64(after)) { fewest.append(Double(moves)) }
    }
    func median(_ column: Int) -> Double { Spread(figures.map { $0[column] })?.median ?? 0 }
    return CompactionRecoveryRow(
      allocator: allocator.rawValue, rounds: rounds, idealBlocks: median(0), before: median(1),
      after: median(2), moves: median(3),
      fewestMoves: fewest.count == repetitions ? Spread(fewest)?.median : nil)
  }

  private func direct(
    _ allocator: MachineConfiguration.Allocator, _ share: Double, _ policy: CompactionPolicy
  ) throws -> CompactionDirectRow {
    var row = CompactionDirectRow(
      allocator: allocator.rawValue, policy: policy, pinnedShare: share)
    for repetition in 0..<repetitions {
      var world = try world(allocator, repetition)
      try world.freeHalf()
      try world.pin(share)
      let asked = max(world.idealBlocks / 4, 1)
      let curve = try known(world.answer()?.moves)
      let run = world.takeHugeBlocks(asked, policy)
      row.asked += asked
      row.obtained += run.blocks
      row.moves += run.moves
      row.fewestMoves += try known(curve.moves(UInt64(run.blocks)))
      try world.verify()
    }
    return row
  }

  /// What the answer must know of a machine's memory.
  private func known<Value>(_ value: Value?) throws(BenchmarkFault) -> Value {
    guard let value else { throw BenchmarkFault(.miscounted, "the answer has no figure") }
    return value
  }
}
