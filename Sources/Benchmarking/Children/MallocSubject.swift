import CHardware
internal import Glibc
package import MemoryUnits

/// The malloc of this process, whichever was preloaded: blocks are objects of 2^order pages, never
/// written to. Objects lie anywhere and are aligned to 16 bytes, as malloc promises.
package struct MallocSubject: BenchmarkSubject {
  package init() {}

  @inline(__always)
  package func allocate(_ order: Order, core: Int) -> UInt? {
    // SAFETY: the address is kept as a number, written nowhere, and freed once. Opaque, because the
    // compiler knows malloc and would leave out a pair of it and free.
    let address = unsafe framelab_opaque(UInt(bitPattern: malloc(4096 << order.index)))
    return address == 0 ? nil : address
  }

  @inline(__always)
  package func free(_ block: UInt, _ order: Order, core: Int) {
    unsafe Glibc.free(UnsafeMutableRawPointer(bitPattern: block))
  }

  package func address(of block: UInt) -> UInt64 { UInt64(block) }

  package func alignment(_ order: Order) -> UInt64 { 16 }
}
