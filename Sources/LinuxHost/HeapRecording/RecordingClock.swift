/// The clock of the stamps, and what its units are worth.
struct RecordingClock {
  /// Bits by which clock values are shifted: stamps of about 50 ns pack well, and what two threads do
  /// within one unit is put in order by the addresses.
  private static let cycleShift: UInt64 = 7
  private static let nsShift: UInt64 = 5

  let usesCycles: Bool
  private let system: any HostSystem
  /// A moment before the program started.
  private let first: (cycles: UInt64, ns: UInt64)

  init(system: any HostSystem) {
    self.system = system
    // A counter that stops or changes its pace with the core is no clock.
    let processor = String(decoding: system.contents(of: "/proc/cpuinfo") ?? [], as: UTF8.self)
    usesCycles = processor.contains(" constant_tsc") && processor.contains(" nonstop_tsc")
    first = Self.pair(system)
  }

  /// The value of FRAMELAB_HEAP_CLOCK.
  var setting: String { usesCycles ? "tsc:\(Self.cycleShift)" : "ns:\(Self.nsShift)" }

  /// Nanoseconds per unit of a stamp, as far as it can be told now.
  func nsPerUnit() -> Double {
    if !usesCycles { return Double(1 << Self.nsShift) }
    let now = Self.pair(system)
    let cycles = max(now.cycles - min(first.cycles, now.cycles), 1)
    return Double(now.ns - first.ns) / Double(cycles) * Double(1 << Self.cycleShift)
  }

  /// A stamp and the CLOCK_MONOTONIC time of the same moment.
  func now() -> (stamp: UInt64, ns: UInt64) {
    let pair = Self.pair(system)
    return usesCycles
      ? (pair.cycles >> Self.cycleShift, pair.ns) : (pair.ns >> Self.nsShift, pair.ns)
  }

  /// Both clocks at one moment: of a few attempts the one that was interrupted least.
  private static func pair(_ system: any HostSystem) -> (cycles: UInt64, ns: UInt64) {
    var best: (cycles: UInt64, ns: UInt64) = (0, 0)
    var shortest = UInt64.max
    for _ in 0..<4 {
      let before = system.cycles()
      let ns = system.monotonicNs()
      let length = system.cycles() &- before
      if length < shortest {
        shortest = length
        best = (before &+ length / 2, ns)
      }
    }
    return best
  }
}
