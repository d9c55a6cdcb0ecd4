internal import CJemalloc
internal import PageFrames
internal import VirtualMemory

/// The kernel's side of one process: its address space over the shared machine. What jemalloc's
/// extent hooks work on; as the machine it lives at a fixed place.
@safe
struct ProcessMemory: ~Copyable {
  let machine: UnsafeMutablePointer<SimulatedMachine>
  var space: HeapSpace
  /// opt.retain: extents that become free stay mapped.
  let retain: Bool
  /// The process is ending: the hooks leave everything to the tear-down of the address space.
  var isEnding = false

  init(machine: UnsafeMutablePointer<SimulatedMachine>, space: consuming HeapSpace, retain: Bool)
  {
    unsafe self.machine = machine
    self.space = space
    self.retain = retain
  }
}

extension ProcessMemory {
  /// Maps an extent of jemalloc's; `address` is 0 where any place will do.
  mutating func mapExtent(at address: Int, bytes: Int, alignment: Int) -> Int? {
    unsafe machine.pointee.counters.mapCalls += 1
    if address != 0 {
      return space.map(at: PageRange(address: address, bytes: bytes)) ? address : nil
    }
    guard let page = space.map(count: bytes >> 12, alignment: max(alignment >> 12, 1)) else {
      return nil
    }
    return page << 12
  }

  /// Gives the address space and the frames of an extent back.
  mutating func unmapExtent(_ address: Int, bytes: Int) {
    guard !isEnding else { return }
    unsafe machine.pointee.counters.unmapCalls += 1
    let freed = unsafe space.unmap(
      PageRange(address: address, bytes: bytes), memory: &machine.pointee.memory)
    unsafe machine.pointee.counters.purgedPages += UInt64(freed)
  }

  /// Takes the frames of an extent away: MADV_DONTNEED.
  mutating func purge(_ address: Int, bytes: Int) {
    guard !isEnding else { return }
    unsafe machine.pointee.counters.purges += 1
    let freed = unsafe space.discard(
      PageRange(address: address, bytes: bytes), memory: &machine.pointee.memory)
    unsafe machine.pointee.counters.purgedPages += UInt64(freed)
  }

  /// The process writes to these pages; false when the machine has not enough frames for all.
  mutating func touch(_ range: PageRange) -> Bool {
    switch unsafe space.touch(range, memory: &machine.pointee.memory) {
    case .resident: return true
    case .outOfMemory: return false
    case .unmapped(let page): fatalError("page \(page) is touched and not mapped")
    }
  }
}
