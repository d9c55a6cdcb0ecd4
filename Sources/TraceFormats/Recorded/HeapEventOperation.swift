/// What the recorder saw, as `framelab_ring_operation` in CHeapFormats/heap_ring.h has it: the codes
/// are the same in the ring and in the file. "Before" and "after" say on which side of the real call
/// the stamp was taken.
package enum HeapEventOperation: UInt8, CaseIterable, Sendable {
  /// Address, size; after.
  case allocate = 1
  /// calloc: address, size; after.
  case allocateZeroed = 2
  /// free: address; before.
  case release = 3
  /// realloc: the old address; before. The thread's next event is one of the two that follow.
  case reallocateBegin = 4
  /// realloc: the new address, size; after. Address 0: the object is gone.
  case reallocateEnd = 5
  /// realloc failed: the old object stays.
  case reallocateFailed = 6
  /// Anonymous mmap: address, size; after.
  case map = 7
  /// munmap, or a mapping that was put over others: address, size; before.
  case unmap = 8
  /// mremap: old address, old size; before. The thread's next event is `remapEnd`.
  case remapBegin = 9
  /// mremap: new address, new size; after.
  case remapEnd = 10
  /// Anonymous mmap without access, which is address space and not memory: address, size; after.
  case reserve = 11
  /// mprotect that grants access, in a process that has reservations: address, size; after.
  case open = 12

  /// Whether the size column has a number for this operation.
  @inline(__always)
  static func hasSize(_ code: UInt8) -> Bool {
    // Bits of allocate, allocateZeroed, reallocateEnd and everything from map on.
    (0b1_1111_1010_0110 as UInt16) >> UInt16(code) & 1 != 0
  }
}
