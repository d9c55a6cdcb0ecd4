internal import Glibc
import LinuxHost
import Synchronization

/// Real threads that start together, each pinned to a processor of its own where there are enough.
enum ThreadTeam {
  /// Runs `body(0)...body(count - 1)` at the same time and gives the CPU time of each in nanoseconds.
  /// One thread alone is the calling one.
  static func run(_ count: Int, _ body: @escaping @Sendable (Int) -> Void) -> [UInt64] {
    if count == 1 { return [timed(0, body)] }
    let team = Team(count: count, body)
    var threads = [pthread_t](repeating: pthread_t(), count: count)
    for index in 0..<count {
      let member = Member(team, index)
      // SAFETY: the thread takes over the reference; `team` outlives it because of the join.
      let context = unsafe Unmanaged.passRetained(member).toOpaque()
      let code = unsafe pthread_create(&threads[index], nil, start, context)
      if code != 0 { fatalError("no thread for the benchmark: error \(code)") }
    }
    for index in threads.indices { pthread_join(threads[index], nil) }
    return team.times.withLock { $0 }
  }

  private static let start: @convention(c) (UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? =
    {
      context in
      // SAFETY: made by `run` from a retained reference, taken once.
      guard let context = unsafe context else { return nil }
      unsafe Unmanaged<Member>.fromOpaque(context).takeRetainedValue().work()
      return nil
    }

  fileprivate static func timed(_ index: Int, _ body: (Int) -> Void) -> UInt64 {
    let started = ThreadClock.now
    body(index)
    let time = ThreadClock.now - started
    return time > ownCost ? time - ownCost : 0
  }

  /// CPU time between two readings of the clock with nothing between them.
  private static let ownCost: UInt64 = {
    (0..<1000).reduce(UInt64.max) { least, _ in
      let started = ThreadClock.now
      return min(least, ThreadClock.now - started)
    }
  }()

  private final class Team: Sendable {
    let body: @Sendable (Int) -> Void
    let count: Int
    let ready = Atomic<Int>(0)
    let times: Mutex<[UInt64]>

    init(count: Int, _ body: @escaping @Sendable (Int) -> Void) {
      self.count = count
      self.body = body
      times = Mutex([UInt64](repeating: 0, count: count))
    }
  }

  private final class Member: Sendable {
    let team: Team
    let index: Int

    init(_ team: Team, _ index: Int) {
      self.team = team
      self.index = index
    }

    func work() {
      ProcessorSet.pin(index, of: team.count)
      team.ready.add(1, ordering: .acquiringAndReleasing)
      // Spinning, so that no thread runs alone while another is woken; it is not in the figure.
      var spins = 0
      while team.ready.load(ordering: .acquiring) < team.count {
        spins += 1
        // The others may need this processor to get here.
        if spins % 4096 == 0 { sched_yield() }
      }
      let time = timed(index, team.body)
      team.times.withLock { $0[index] = time }
    }
  }
}
