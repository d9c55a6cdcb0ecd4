public import MemoryUnits
import PageFrames
public import VirtualMemory

/// A load like the build of a kernel with bursts of huge pages in between, under Linux 6.18 as it comes
/// and with vm.defrag_mode: repetitions go round the policies, each with a seed of its own that is the
/// same for both.
public struct MixSuite: Sendable {
  /// One run of the load, from elsewhere. It tells every round that it has finished, and passes on what
  /// that throws.
  public typealias Load =
    @Sendable (
      _ allocator: MachineConfiguration.Allocator, _ seed: UInt64, _ finished: () throws -> Void
    ) throws -> MixRepetition

  /// Of each machine.
  public var memory: ByteCount
  /// Of each run; builds with a burst after each.
  public var rounds: Int
  /// Of each policy.
  public var repetitions: Int
  /// Of the first repetition; the others count up from it.
  public var seed: UInt64
  private let load: Load

  public init(
    memory: ByteCount, rounds: Int, repetitions: Int, seed: UInt64, load: @escaping Load
  ) {
    self.memory = memory
    self.rounds = rounds
    self.repetitions = repetitions
    self.seed = seed
    self.load = load
  }

  /// As it comes, and with vm.defrag_mode=1: the order of the rows.
  static var policies: [(name: String, policy: LinuxPolicy)] {
    var apart = LinuxPolicy.linux618
    apart.defragMode = true
    return [("linux-6.18", .linux618), ("linux-6.18,defrag_mode=1", apart)]
  }

  /// When `progress` throws `CancellationError`, the result has the runs that were finished until then.
  public func result(
    _ progress: (BenchmarkRun.Progress) throws -> Void
  ) throws -> MixResult {
    let policies = Self.policies
    var result = MixResult(
      memoryBytes: memory.rawValue, rounds: rounds, repetitions: repetitions, seed: seed)
    var outcomes = [Result<[MixRepetition], BenchmarkFault>](
      repeating: .success([]), count: policies.count)
    do {
      for repetition in 0..<repetitions {
        for (index, policy) in policies.enumerated() {
          var state = BenchmarkRun.Progress(
            done: (repetition * policies.count + index) * rounds,
            total: repetitions * policies.count * rounds, what: policy.name)
          try progress(state)
          guard case .success(let earlier) = outcomes[index] else { continue }
          outcomes[index] = try BenchmarkRun.outcome(progress, state) {
            try load(.linux(policy.policy), seed &+ UInt64(repetition)) {
              state.done += 1
              try progress(state)
            }
          }.map { earlier + [$0] }
        }
      }
    } catch is CancellationError {
      result.isComplete = false
    }
    for (policy, outcome) in zip(policies, outcomes) where BenchmarkRun.isSomething(outcome) {
      result.rows.append(MixRow(policy.name, outcome))
    }
    if !result.isComplete, result.rows.isEmpty { throw CancellationError() }
    return result
  }
}
