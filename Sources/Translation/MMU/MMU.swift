public import MemoryUnits

/// The memory-management unit of one simulated core: cr3, TLBs, page-walk caches, walker.
///
/// `translate` looks into the first-level TLB, the second level and the walk caches and walks the page
/// tables in `FrameContents`, as x86-64 does, and keeps what it found. Tables that change are the
/// caller's to invalidate: what the TLBs hold stays in use until then.
///
/// Everything lies behind one pointer, which is all that a call copies, so that its methods work on a
/// constant too and a class may hold an MMU without checks at every access. It belongs to one thread.
@safe
public struct MMU: ~Copyable {
  /// Owned; freed only by `deinit`.
  @usableFromInline let state: UnsafeMutablePointer<MMUState>

  /// Empty TLBs; cr3 names frame 0 and ASID 0. A geometry that cannot be built ends the process.
  public init(_ geometry: TranslationGeometry) {
    unsafe state = .allocate(capacity: 1)
    unsafe state.initialize(to: MMUState(geometry))
  }

  deinit {
    unsafe state.deinitialize(count: 1)
    unsafe state.deallocate()
  }

  public var geometry: TranslationGeometry { unsafe state.pointee.geometry }

  /// The frame of the uppermost table.
  public var root: FrameNumber { unsafe state.pointee.walker.root }

  /// Entries that walks read from the tables so far.
  public var walkReads: Int {
    unsafe state.pointee.walker.reads + state.pointee.walker.known
  }

  /// The current address-space identifier (PCID), 0...4095.
  public var asid: UInt16 {
    unsafe UInt16(state.pointee.walker.asid >> PrefixStore.asidShift)
  }
}
