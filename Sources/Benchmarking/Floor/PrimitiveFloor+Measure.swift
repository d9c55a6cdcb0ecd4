import CHardware
import LinuxHost
import MemoryUnits
import Synchronization

extension PrimitiveFloor {
  /// Takes about half a second.
  public static func measure() -> PrimitiveFloor {
    let caches = CacheSizes(host: LiveHost())
    let word = SharedWord()
    let count = 200_000
    // Half of a level, so that all of it fits beside what else is there.
    // The last level is shared with whoever else is on the machine: four second levels are enough.
    let sizes = [
      caches.l1 / 2, caches.l2 / 2, max(2 * caches.l2, min(caches.l3 / 2, 4 * caches.l2)),
      max(4 * caches.l3, 128 << 20),
    ]
    let memory = sizes[3]
    let chases = sizes.map { RandomCycle(bytes: $0, huge: true).latency() }
    let lines = MappedArray<UInt64>(count: memory / 8)
    func levels(_ measure: (Int) -> Double) -> Levels {
      Levels(
        l1: measure(sizes[0]), l2: measure(sizes[1]), l3: measure(sizes[2]), memory: measure(memory)
      )
    }
    return PrimitiveFloor(
      exchangeNs: best(count) { word.exchange(count) },
      fetchOrNs: best(count) { word.or(count) },
      addNs: best(count) { word.add(count) },
      compareExchangeNs: best(count) { word.compareExchange(count) },
      callNs: best(count) { call(count) },
      latency: Levels(l1: chases[0], l2: chases[1], l3: chases[2], memory: chases[3]),
      smallPageMemoryNs: RandomCycle(bytes: memory, huge: false).latency(),
      independent: levels { bytes in
        best(count) { touchRandom(lines, bytes: bytes, count) }
      },
      locked: levels { bytes in
        best(count) { addRandom(lines, bytes: bytes, count) }
      },
      caches: caches)
  }

  /// Nanoseconds per operation, the smallest of seven trials after one that warms up.
  static func best(_ count: Int, _ body: () -> Void) -> Double {
    body()
    var least = UInt64.max
    for _ in 0..<7 {
      let started = ThreadClock.now
      body()
      least = min(least, ThreadClock.now - started)
    }
    return Double(least) / Double(count)
  }

  @inline(never)
  private static func callee(_ value: Int) -> Int {
    framelab_compiler_barrier()
    return value
  }

  @inline(never)
  private static func call(_ count: Int) {
    for index in 0..<count { _ = callee(index) }
  }

  /// Random lines of the first `bytes`: addresses from a generator of one multiplication, so that the
  /// next access never waits for the one before.
  @inline(never)
  private static func touchRandom(
    _ lines: borrowing MappedArray<UInt64>, bytes: Int, _ count: Int
  ) {
    let mask = UInt64(lineMask(bytes))
    var state: UInt64 = 1
    for _ in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      unsafe lines.start[Int((state &>> 33) & mask) &* 8] &+= 1
      framelab_compiler_barrier()
    }
  }

  @inline(never)
  private static func addRandom(
    _ lines: borrowing MappedArray<UInt64>, bytes: Int, _ count: Int
  ) {
    let mask = UInt64(lineMask(bytes))
    var state: UInt64 = 1
    var seen: UInt64 = 0
    // SAFETY: an atomic of 64 bits has the layout of the number.
    let atomics = unsafe UnsafeMutableRawPointer(lines.start)
      .assumingMemoryBound(to: Atomic<UInt64>.self)
    for _ in 0..<count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      seen ^=
        unsafe atomics[Int((state &>> 33) & mask) &* 8].wrappingAdd(state, ordering: .relaxed)
        .oldValue
      framelab_compiler_barrier()
    }
    unsafe atomics.pointee.store(seen, ordering: .relaxed)
  }

  /// Lines in the largest power of two within `bytes`, less one.
  private static func lineMask(_ bytes: Int) -> Int {
    1 << (Int.bitWidth - 1 - max(bytes / 64, 1).leadingZeroBitCount) - 1
  }
}

/// A word that every measured instruction hits.
private final class SharedWord {
  private let word = Atomic<UInt64>(0)

  @inline(never)
  func exchange(_ count: Int) {
    for index in 0..<count {
      if word.exchange(UInt64(truncatingIfNeeded: index), ordering: .acquiringAndReleasing) == .max
      {
        return
      }
      framelab_compiler_barrier()
    }
  }

  @inline(never)
  func or(_ count: Int) {
    for _ in 0..<count {
      word.bitwiseOr(1, ordering: .acquiringAndReleasing)
      framelab_compiler_barrier()
    }
  }

  /// lock xadd: an addend that is no constant and an old value that is used. `add`, which traps on
  /// overflow, would be a loop around a compare-exchange, and an old value that is only compared
  /// with a constant a lock inc.
  @inline(never)
  func add(_ count: Int) {
    var seen: UInt64 = 0
    for index in 0..<count {
      seen ^=
        word.wrappingAdd(
          UInt64(truncatingIfNeeded: index), ordering: .acquiringAndReleasing
        ).oldValue
      framelab_compiler_barrier()
    }
    word.store(seen, ordering: .relaxed)
  }

  @inline(never)
  func compareExchange(_ count: Int) {
    for _ in 0..<count {
      let old = word.load(ordering: .relaxed)
      let result = word.compareExchange(
        expected: old, desired: old &+ 1, ordering: .acquiringAndReleasing)
      if !result.exchanged { return }
      framelab_compiler_barrier()
    }
  }
}
