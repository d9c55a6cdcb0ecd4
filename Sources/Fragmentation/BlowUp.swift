public import MemoryUnits

/// How much more memory a system holds than its data need.
public enum BlowUp {
  /// Blow-up = blocks that hold live data / ideal, where the ideal is the fewest blocks that the live
  /// bytes fill. 1 is perfect. Nil when nothing is live.
  public static func ratio(liveBlocks: UInt64, liveBytes: UInt64, _ order: Order = .huge) -> Double?
  {
    let size = UInt64(order.bytes.rawValue)
    let ideal = liveBytes / size + (liveBytes % size == 0 ? 0 : 1)
    return ideal > 0 ? Double(liveBlocks) / Double(ideal) : nil
  }

  /// Byte blow-up = held bytes / live bytes. Nil when nothing is live.
  public static func ratio(heldBytes: UInt64, liveBytes: UInt64) -> Double? {
    liveBytes > 0 ? Double(heldBytes) / Double(liveBytes) : nil
  }
}
