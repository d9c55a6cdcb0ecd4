internal import TraceFormats
internal import VirtualMemory

extension SimulatedProcess {
  /// Puts a new or resized object into its slot: touches what the program touches of its requested
  /// bytes, and counts it as live when all of that is resident.
  ///
  /// - Parameter written: so many first bytes are written whatever the touch model says.
  mutating func settle(_ slot: Int, _ address: Int, _ bytes: Int, allTouchedUpTo written: Int) {
    let isLive = touchObject(address, bytes, written)
    objects[slot] = HeapObject(address: address, bytes: bytes, isLive: isLive)
    if isLive {
      liveBytes += bytes
      blocks.add(address, bytes: bytes)
    } else {
      counters.failedAllocations += 1
    }
  }

  /// Takes an object out of what is live, before it goes or changes.
  mutating func forget(_ object: HeapObject) {
    guard object.isLive else { return }
    liveBytes -= object.bytes
    blocks.remove(object.address, bytes: object.bytes)
  }

  private func touchObject(_ address: Int, _ bytes: Int, _ written: Int) -> Bool {
    var rest = address
    if written > 0 {
      let range = PageRange(address: address, bytes: written)
      guard unsafe kernel.pointee.touch(range) else { return false }
      rest = range.end << 12
    }
    switch touch {
    case .firstByte:
      if written > 0 || bytes == 0 { return true }
      return unsafe kernel.pointee.touch(page(address))
    case .all:
      return unsafe kernel.pointee.touch(PageRange(address: address, bytes: bytes))
    case .stride(let stride):
      // From the first touched byte behind what was written.
      let skipped = (max(rest - address, 0) + stride - 1) / stride
      var next = address + skipped * stride
      while next < address + bytes {
        guard unsafe kernel.pointee.touch(page(next)) else { return false }
        next += stride
      }
      return true
    }
  }

  private func page(_ address: Int) -> PageRange { PageRange(start: address >> 12, count: 1) }
}
