/// The program's own mmap, munmap and mremap: they go to the kernel past jemalloc.
extension SimulatedProcess {
  mutating func map(_ slot: Int, _ bytes: Int) {
    counters.allocations += 1
    guard let address = unsafe kernel.pointee.map(bytes) else {
      counters.failedAllocations += 1
      objects[slot] = .none
      return
    }
    settle(slot, address, bytes, allTouchedUpTo: 0)
  }

  mutating func unmap(_ slot: Int) {
    let object = objects[slot]
    objects[slot] = .none
    forget(object)
    guard object.address != 0 else { return }
    unsafe kernel.pointee.unmap(object.address, bytes: object.bytes)
  }

  mutating func remap(_ slot: Int, _ bytes: Int) {
    let old = objects[slot]
    guard old.address != 0 else {
      map(slot, bytes)
      return
    }
    guard let address = unsafe kernel.pointee.remap(old.address, bytes: old.bytes, to: bytes) else {
      counters.allocations += 1
      counters.failedAllocations += 1
      return
    }
    forget(old)
    settle(slot, address, bytes, allTouchedUpTo: 0)
  }
}
