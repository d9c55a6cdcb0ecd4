package import MemoryUnits

/// What the patterns measure: anything that hands out blocks of 2^order pages and takes them back.
///
/// `allocate` and `free` are called from the thread that has the core id; a core id is used by one
/// thread at a time. Patterns are generic over the subject and specialised for each, so that a row of
/// the table has no call between the loop and the allocator that the allocator does not make itself.
package protocol BenchmarkSubject: ~Copyable, Sendable {
  /// What names a block: a frame number, a pointer.
  associatedtype Block: BitwiseCopyable & Sendable

  func allocate(_ order: Order, core: Int) -> Block?

  /// For movable or other frames, where the subject tells them apart.
  func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> Block?

  func free(_ block: Block, _ order: Order, core: Int)

  /// Address of the block's first byte, for verification.
  func address(of block: Block) -> UInt64

  /// Where every block lies; nil when it may lie anywhere, and overlaps are found by sorting.
  var addresses: Range<UInt64>? { get }

  /// What addresses of blocks of an order are multiples of.
  func alignment(_ order: Order) -> UInt64

  /// Gives back what cores hold. Called when no operation is under way.
  func settle()

  /// Whether its loops are taken at their word; else each block that they hand out is looked up in a
  /// pass that is not timed, for which `addresses` must be known.
  var isTrusted: Bool { get }

  /// Free frames, those held by cores included; nil when the subject cannot say.
  var freeFrames: Int? { get }

  /// Those of them that cores hold back; nil when the subject cannot say.
  var heldFrames: Int? { get }

  /// The order in which all of the memory can be taken once everything was freed; nil when "all of
  /// the memory" means nothing to the subject.
  func wholeOrder(_ order: Order) -> Order?

  /// Atomic read-modify-write operations so far; nil when the subject does not count them. Counting
  /// takes time: a subject that counts gives no figures.
  var atomicCount: UInt64? { get }

  /// Bytes that the subject keeps about its frames; nil when it cannot say.
  var metadataBytes: Int? { get }

  /// Bytes of the blocks themselves that an allocation writes or lets the kernel write.
  func touchedBytes(_ order: Order) -> Int
}

extension BenchmarkSubject where Self: ~Copyable {
  package func alignment(_ order: Order) -> UInt64 { UInt64(order.bytes.rawValue) }
  @inline(__always)
  package func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> Block? {
    allocate(order, core: core)
  }
  package func settle() {}
  package var isTrusted: Bool { true }
  package var heldFrames: Int? { nil }
  package var freeFrames: Int? { nil }
  package var addresses: Range<UInt64>? { nil }
  package func wholeOrder(_ order: Order) -> Order? { nil }
  package var atomicCount: UInt64? { nil }
  package var metadataBytes: Int? { nil }
  /// None: frames are numbers, with nothing behind them.
  package func touchedBytes(_ order: Order) -> Int { 0 }
}
