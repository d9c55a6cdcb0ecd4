import MemoryUnits
import Testing
import VirtualMemory

@Suite("Machine: flags of mmap")
struct MapFlagTests {
  @Test("the bits of a huge page's size mean nothing without MAP_HUGETLB")
  func hugeSizes() throws {
    var machine = Machine(MachineConfiguration(frameCount: 1024))
    let task = try machine.spawn()
    let plain: MapFlags = [.private, .anonymous]
    let next = try machine.mmap(task, length: 4096, .readWrite, plain)
    for size in 0..<Int32(64) {
      let flags = plain.union(MapFlags(rawValue: Int32(truncatingIfNeeded: UInt32(size) << 26)))
      let address = try machine.mmap(task, length: 3 << 12, .readWrite, flags)
      // Neither place nor length is that of a huge page, and the area is like its neighbour.
      #expect(address == next - 3 << 12, "size bits \(size)")
      #expect(machine.addressSpace(of: task)?.area(containing: Int(address >> 12))?.count == 4)
      try machine.store(task, address, [1])
      #expect(machine.addressSpace(of: task)?.resident.anonymous == 1)
      try machine.munmap(task, address, length: 3 << 12)
    }
    // With it they ask for pages of a pool, which is empty.
    for size in [MapFlags(), .huge2MB, .huge1GB] {
      #expect(throws: Errno.noMemory) {
        try machine.mmap(
          task, length: 1 << 30, .readWrite, plain.union(.hugeTLB).union(size))
      }
    }
    machine.validate()
  }
}
