extension AssociativeStore {
  /// Begins the log anew: the slots in the order of their last use. Once in 15,000 uses.
  @inline(never)
  @usableFromInline
  mutating func rankStamps() {
    let uses = clock + clockBase
    // The times of last uses, one bit each; the log says whose they are.
    var last = InlineArray<256, UInt64>(repeating: 0)
    var ways = 0
    while ways < loggedSlots, unsafe stamps[ways] != Self.paddingStamp {
      let time = unsafe Int(stamps[ways])
      last[time >> 6] |= 1 << UInt64(time & 63)
      ways += 1
    }
    var order: [UInt16] = []
    order.reserveCapacity(ways)
    for word in 0..<256 {
      var bits = last[word]
      while bits != 0 {
        unsafe order.append(log[word << 6 + bits.trailingZeroBitCount])
        bits &= bits - 1
      }
    }
    for place in 0..<ways {
      unsafe stamps[Int(order[place])] = Int16(ways + place)
      unsafe log[ways + place] = order[place]
    }
    logHead = ways
    clock = 2 * ways
    clockBase = uses - clock
  }
}
