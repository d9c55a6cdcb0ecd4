import CHardware
import MemoryUnits
import Translation

extension TranslationWorld {
  /// The sum of the physical addresses of the first `count` accesses.
  @inline(never)
  mutating func translate(_ count: Int) -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<count {
      // Within the stream, whose length is at least `count`.
      let access = unsafe stream.start[index]
      sum &+= mmu.translate(access & ~1, access & 1 != 0 ? .write : .read, &contents).rawValue
    }
    return sum
  }

  /// The same by one call for all.
  @inline(never)
  mutating func translateSeries(_ count: Int) -> UInt64 {
    var sum: UInt64 = 0
    let done = mmu.translate(count, &contents) { index in
      let access = unsafe stream.start[index]
      return (access & ~1, access & 1 != 0 ? .write : .read)
    } _: { _, result in
      sum &+= result.rawValue
    }
    precondition(done == count, "all pages are mapped")
    return sum
  }

  /// The same, and every physical address goes through the data caches.
  @inline(never)
  mutating func translate(_ count: Int, through caches: inout DataCaches) -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<count {
      let word = unsafe stream.start[index]
      let access: Access = word & 1 != 0 ? .write : .read
      let address = mmu.translate(word & ~1, access, &contents).rawValue
      caches.access(address, access)
      sum &+= address
    }
    return sum
  }

  /// The floor: a flat array from page to frame, one load per access, and nothing remembered.
  @inline(never)
  func lookUp(_ frames: borrowing MappedArray<UInt64>, _ count: Int) -> UInt64 {
    var sum: UInt64 = 0
    for index in 0..<count {
      let address = unsafe stream.start[index] & ~1
      let page = Int(truncatingIfNeeded: (address &- Self.start) &>> 12)
      sum &+= unsafe frames.start[page] | address & 4095
      framelab_compiler_barrier()
    }
    return sum
  }
}
