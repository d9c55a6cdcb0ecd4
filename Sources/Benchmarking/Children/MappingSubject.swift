internal import Glibc
package import MemoryUnits

/// The kernel as an allocator: a populated mapping per block, unmapped again. Neighbouring mappings
/// merge, and pages are zeroed: this is what a frame costs a process that has nothing else.
package struct MappingSubject: BenchmarkSubject {
  private let hugeTLB: Bool

  package init(hugeTLB: Bool = false) { self.hugeTLB = hugeTLB }

  package func allocate(_ order: Order, core: Int) -> UInt? {
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE | (hugeTLB ? MAP_HUGETLB : 0)
    // SAFETY: a new mapping, kept as a number and unmapped once.
    let address = unsafe mmap(nil, 4096 << order.index, PROT_READ | PROT_WRITE, flags, -1, 0)
    let number = UInt(bitPattern: address)
    return number == UInt.max ? nil : number
  }

  package func free(_ block: UInt, _ order: Order, core: Int) {
    _ = unsafe munmap(UnsafeMutableRawPointer(bitPattern: block), 4096 << order.index)
  }

  package func address(of block: UInt) -> UInt64 { UInt64(block) }

  package func alignment(_ order: Order) -> UInt64 { hugeTLB ? 2 << 20 : 4096 }

  package func touchedBytes(_ order: Order) -> Int { 4096 << order.index }
}
