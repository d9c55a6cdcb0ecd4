extension FrameTable {
  /// The sum of all 64-bit words of the descriptors: a plain read of the array, by which passes over all
  /// frames are judged.
  public func sumOfWords() -> UInt64 {
    let descriptors = unsafe self.descriptors
    // The buffer is mapped as long as `storage`, aligned to 64 bytes, and any bytes are words.
    let words = unsafe UnsafeRawBufferPointer(descriptors).assumingMemoryBound(to: UInt64.self)
    var sums = SIMD8<UInt64>.zero
    var index = 0
    let end = words.count & ~7
    while index < end {
      for lane in 0..<8 { unsafe sums[lane] &+= words[index &+ lane] }
      index &+= 8
    }
    for rest in end..<words.count { unsafe sums[0] &+= words[rest] }
    return sums.wrappedSum()
  }
}
