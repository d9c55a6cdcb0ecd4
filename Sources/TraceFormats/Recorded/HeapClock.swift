/// From stamps of the recorder's clock to nanoseconds since the start of the recording.
struct HeapClock {
  let startStamp: UInt64
  /// Nanoseconds per unit, times 2^32.
  private let scale: UInt64

  init(startStamp: UInt64, nsPerUnit: Double) {
    self.startStamp = startStamp
    scale = UInt64(min(max(nsPerUnit * 4_294_967_296, 1), 0x1p62))
  }

  @inline(__always)
  func ns(_ stamp: UInt64) -> UInt64 {
    if stamp <= startStamp { return 0 }
    let (high, low) = (stamp - startStamp).multipliedFullWidth(by: scale)
    return high &<< 32 | low &>> 32
  }
}
