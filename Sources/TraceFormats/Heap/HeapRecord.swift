/// What one heap record says. Raw values are part of the flat replay file.
@frozen
public enum HeapOperation: UInt8, CaseIterable, Sendable {
  /// malloc, aligned_alloc, posix_memalign, memalign: the slot was empty, now holds `size` bytes.
  case allocate = 1
  /// calloc: as allocate, and the program may rely on zeroes.
  case allocateZeroed = 2
  /// realloc of a live object: the slot stays, the object now has `size` bytes.
  case reallocate = 3
  /// free: the slot is empty from here on and may be used again; `size` is 0.
  case free = 4
  /// mmap of anonymous memory, `size` bytes.
  case map = 5
  /// munmap of a whole mapping; `size` is 0.
  case unmap = 6
  /// mremap, or munmap of a part: the mapping in the slot now has `size` bytes.
  case remap = 7
}

/// One event of a heap recording, decoded and merged over all threads: 24 bytes, the same in memory
/// and in the flat file that HeapDriver maps (CHeapFormats/heap_record.h).
///
/// Objects are named by *slots*: small integers that are unique among live objects and used again
/// after a free, so that tables indexed by slot are as large as the most objects that ever lived at
/// once. Mappings and heap objects share the slots.
@frozen
public struct HeapRecord: Hashable, Sendable {
  /// Nanoseconds since the start of the recording; never decreases from record to record.
  public var timeNs: UInt64
  /// Requested bytes; 0 for free and unmap.
  public var size: UInt64
  public var slot: UInt32
  /// Dense number of the thread, in order of first event.
  public var thread: UInt16
  /// Raw value of a `HeapOperation`.
  public var operationCode: UInt8
  /// log2 of a requested alignment, 0 where none was requested.
  public var alignmentShift: UInt8

  @inlinable
  public init(
    _ operation: HeapOperation, slot: UInt32, size: UInt64 = 0, timeNs: UInt64 = 0,
    thread: UInt16 = 0, alignmentShift: UInt8 = 0
  ) {
    self.timeNs = timeNs
    self.size = size
    self.slot = slot
    self.thread = thread
    self.operationCode = operation.rawValue
    self.alignmentShift = alignmentShift
  }

  /// Nil when the code is none of ours: readers reject such records, so replays never see nil.
  @inlinable
  public var operation: HeapOperation? { HeapOperation(rawValue: operationCode) }
}
