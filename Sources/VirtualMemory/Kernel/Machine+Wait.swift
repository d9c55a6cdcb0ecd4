extension Machine {
  /// Lets simulated time pass while no task does anything: the daemons work, turn and turn about.
  /// - Parameter nanoseconds: how long.
  public mutating func wait(_ nanoseconds: UInt64) {
    let end = elapsed + nanoseconds
    while elapsed < end {
      elapsed = min(elapsed + Self.turn, end)
      runReclaimer()
      runCompactor()
    }
  }

  /// The longest that one daemon waits for another: a tick of 250 Hz.
  private static var turn: UInt64 { 4_000_000 }
}
