internal import CHardware

extension AssociativeStore {
  /// Begins the log anew: the slots in the order of their last use. Once in 16,000 uses.
  @inline(never)
  @usableFromInline
  mutating func rankStamps() {
    let uses = clock + clockBase
    var ways = 0
    while ways < slotCount, unsafe stamps[ways] != .max { ways += 1 }
    var order = [UInt16](repeating: 0, count: slotCount)
    unsafe order.withUnsafeMutableBufferPointer { order in
      guard let order = order.baseAddress else { return }
      unsafe framelab_order_lanes(stamps, Int64(slotCount), Int64(ways), order)
      for place in 0..<ways {
        let way = unsafe Int(order[place])
        unsafe stamps[way] = Int16(ways + place)
        unsafe log[ways + place] = UInt16(way)
      }
    }
    logHead = ways
    clock = 2 * ways
    clockBase = uses - clock
  }
}
