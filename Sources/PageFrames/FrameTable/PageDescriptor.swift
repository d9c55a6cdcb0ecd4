/// What is known about one 4 KiB frame: 32 bytes, two to a cache line, one array indexed by PFN.
/// All-zero bytes mean reserved and in no block, so a fresh table needs no initialisation.
///
/// ```
///  0        4        8        12       16       20       24       28    30   31   32
///  | flags  | refs   | maps   | next   | prev   | object | index  |group|foli|block|
///  | state  |        |        |<- free list or  |<- way back to the mapping ->|    |     |
///  |        |        |        |   LRU links   ->|        |        |     |    |     |
/// ```
///
/// - flags: bits 0-7 the `FrameState` that the owner gave the frame, 8-23 its `FrameFlags`, 28-31 the
///   bits 32-35 of the index.
/// - refs, maps: references to the frame, page-table entries that map it.
/// - next, prev: links by frame number, of a free list or of an LRU list, never of both.
/// - object, index: key of the reverse map, page `index` of `object`; group: the memory group.
/// - folio: the order of the folio that the frame belongs to, 0 for a frame by itself (see
///   `FrameTable+Folio.swift`).
/// - block: the allocator's only record of what is free (see `BlockMark`); nobody else writes it.
@usableFromInline
struct PageDescriptor {
  @usableFromInline var flags: UInt32
  @usableFromInline var references: UInt32
  @usableFromInline var mappings: UInt32
  @usableFromInline var next: UInt32
  @usableFromInline var previous: UInt32
  @usableFromInline var object: UInt32
  @usableFromInline var index: UInt32
  @usableFromInline var group: UInt16
  @usableFromInline var folio: UInt8
  @usableFromInline var block: BlockMark

  /// Ends a list of frames: no machine has frame 2^32 - 1, because 16 TiB end before it.
  @inlinable
  static var noFrame: UInt32 { .max }

  /// Whether the compiler laid the fields out as drawn; folded to a constant. Swift keeps the order of
  /// declaration, each field at the next multiple of its size: 32 bytes in all leave no other layout.
  @inlinable
  static var hasDrawnLayout: Bool {
    MemoryLayout<PageDescriptor>.size == 32 && MemoryLayout<PageDescriptor>.stride == 32
  }
}
