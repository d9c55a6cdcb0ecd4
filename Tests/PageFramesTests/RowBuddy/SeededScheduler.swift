import Foundation
import MemoryUnits
import PageFrames

/// Runs a few threads one at a time, and hands over before atomic steps as a seed says: the same seed
/// gives the same interleaving on every host, so that a failure can be seen again.
///
/// Only the thread whose turn it is touches the state of this class; turns are handed on through
/// semaphores. A thread that waits for another (`AtomicStep.wait`) always hands over.
final class SeededScheduler: @unchecked Sendable {
  private var generator: SplitMix64
  /// One in how many steps hands over; drawn anew for each run, so that some runs switch all the
  /// time and others leave threads alone for long.
  private let rarity: UInt64
  private var current = 0
  private var running: [Int] = []
  private var turns: [DispatchSemaphore] = []
  /// Counts steps and calls: what "before" means in a history.
  private var clock = 0
  private static let limit = 1_000_000

  init(seed: UInt64) {
    generator = SplitMix64(seed: seed &* 0x9e37_79b9 &+ 1)
    rarity = 1 << generator.next(upperBound: 5)
  }

  /// Runs each body on its own thread to its end.
  func run(_ bodies: [@Sendable () -> Void]) {
    let done = DispatchSemaphore(value: 0)
    turns = bodies.map { _ in DispatchSemaphore(value: 0) }
    running = Array(bodies.indices)
    for (index, body) in bodies.enumerated() {
      Thread.detachNewThread { [self] in
        turns[index].wait()
        body()
        running.removeAll { $0 == index }
        if running.isEmpty { done.signal() } else { handOver(to: pick()) }
      }
    }
    handOver(to: pick())
    done.wait()
  }

  /// The next instant, of the thread whose turn it is.
  func now() -> Int {
    clock += 1
    return clock
  }

  /// Called by the thread whose turn it is, before a step; does nothing outside of a run.
  func step(waiting: Bool) {
    guard !running.isEmpty else { return }
    clock += 1
    guard clock < Self.limit else { fatalError("the threads do not come to an end") }
    guard waiting || generator.next(upperBound: rarity) == 0 else { return }
    let me = current
    var next = pick()
    if waiting, next == me, running.count > 1 {
      next = running[((running.firstIndex(of: me) ?? 0) + 1) % running.count]
    }
    guard next != me else { return }
    handOver(to: next)
    turns[me].wait()
  }

  private func pick() -> Int {
    running[Int(generator.next(upperBound: UInt64(running.count)))]
  }

  private func handOver(to thread: Int) {
    current = thread
    turns[thread].signal()
  }
}

/// Hands over to the scheduler before every atomic step of an allocator.
struct ScheduledSteps: AtomicSteps {
  let scheduler: SeededScheduler

  func willTake(_ step: AtomicStep) { scheduler.step(waiting: step == .wait) }
}

/// An allocator that threads share, as a reference: noncopyable values cannot be captured.
final class Shared<Allocator: SharedFrameAllocator & ~Copyable>: Sendable {
  let allocator: Allocator

  init(_ allocator: consuming Allocator) { self.allocator = allocator }
}
