import CHardware
import MemoryUnits

/// Pointer chasing: one cycle through all lines of an area in random order, so that each access
/// needs the answer of the one before, and nothing can be fetched ahead.
struct RandomCycle: ~Copyable {
  private let next: MappedArray<UInt64>

  /// `huge`: behind huge pages where the host gives them, else behind 4 KiB pages alone.
  init(bytes: Int, huge: Bool) {
    let lines = max(bytes / 64, 2)
    next = MappedArray(count: lines * 8, huge: huge)
    // Sattolo's shuffle gives a single cycle; the numbers are permuted in the lines themselves.
    for line in 0..<lines { next[line * 8] = UInt64(line) }
    var generator = SplitMix64(seed: 1)
    for line in stride(from: lines - 1, to: 0, by: -1) {
      let other = Int(generator.next(upperBound: UInt64(line)))
      let value = next[line * 8]
      next[line * 8] = next[other * 8]
      next[other * 8] = value
    }
  }

  /// Nanoseconds per step.
  func latency() -> Double {
    // Small cycles are gone round several times, large ones in part.
    let steps = 100_000
    var line: UInt64 = 0
    return PrimitiveFloor.best(steps) { line = chase(from: line, steps) }
  }

  @inline(never)
  private func chase(from line: UInt64, _ steps: Int) -> UInt64 {
    var line = line
    for _ in 0..<steps {
      line = unsafe next.start[Int(truncatingIfNeeded: line) &* 8]
      framelab_compiler_barrier()
    }
    return line
  }
}
