internal import PageFrames
internal import VirtualMemory

/// The program's own mmap, munmap and mremap: they go to the kernel past jemalloc.
extension SimulatedProcess {
  mutating func map(_ slot: Int, _ bytes: Int) {
    counters.allocations += 1
    let pages = PageRange(address: 0, bytes: bytes).count
    guard let start = unsafe kernel.pointee.space.map(count: pages) else {
      counters.failedAllocations += 1
      objects[slot] = .none
      return
    }
    settle(slot, start << 12, bytes, allTouchedUpTo: 0)
  }

  mutating func unmap(_ slot: Int) {
    let object = objects[slot]
    objects[slot] = .none
    forget(object)
    guard object.address != 0 else { return }
    unsafe kernel.pointee.unmapPages(of: object)
  }

  mutating func remap(_ slot: Int, _ bytes: Int) {
    let old = objects[slot]
    guard old.address != 0 else {
      map(slot, bytes)
      return
    }
    guard let start = unsafe kernel.pointee.resize(old, to: bytes) else {
      counters.allocations += 1
      counters.failedAllocations += 1
      return
    }
    forget(old)
    settle(slot, start << 12, bytes, allTouchedUpTo: 0)
  }
}

extension ProcessMemory {
  fileprivate mutating func unmapPages(of object: HeapObject) {
    let range = PageRange(address: object.address, bytes: object.bytes)
    _ = unsafe space.unmap(range, memory: &machine.pointee.memory)
  }

  fileprivate mutating func resize(_ object: HeapObject, to bytes: Int) -> Int? {
    let range = PageRange(address: object.address, bytes: object.bytes)
    let pages = PageRange(address: 0, bytes: bytes).count
    return unsafe space.resize(range, to: pages, memory: &machine.pointee.memory)
  }
}
