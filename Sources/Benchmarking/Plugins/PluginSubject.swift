package import MemoryUnits

/// A plugin's allocator in the patterns. What it does wrong beyond the places of blocks is kept in
/// `complaint`; places are checked by the patterns.
package struct PluginSubject: BenchmarkSubject, ~Copyable {
  private let allocator: ForeignAllocator
  private let merges: Bool
  private let complaint: FirstFault

  /// - Parameter merges: what the examination found.
  package init(_ allocator: consuming ForeignAllocator, merges: Bool, complaint: FirstFault) {
    self.allocator = allocator
    self.merges = merges
    self.complaint = complaint
  }

  @inline(__always)
  package func allocate(_ order: Order, core: Int) -> FrameNumber? {
    allocate(order, .movable, core: core)
  }

  @inline(__always)
  package func allocate(_ order: Order, _ frameClass: FrameClass, core: Int) -> FrameNumber? {
    let frame = allocator.allocate(order, frameClass, core: core)
    // One comparison for "none" and for what is no frame number.
    guard frame < UInt64(UInt32.max) else {
      if frame != ForeignAllocator.noFrame { noteEnormous(frame, order) }
      return nil
    }
    return FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame))
  }

  @inline(__always)
  package func free(_ block: FrameNumber, _ order: Order, core: Int) {
    if !allocator.free(UInt64(block.rawValue), order, core: core) { noteRefused(block, order) }
  }

  @inline(never)
  private func noteEnormous(_ frame: UInt64, _ order: Order) {
    complaint.note(
      BenchmarkFault(.outOfRange, "a block of order \(order.index) at frame \(frame)"))
  }

  @inline(never)
  private func noteRefused(_ block: FrameNumber, _ order: Order) {
    complaint.note(
      BenchmarkFault(
        .refusedFree, "a block of order \(order.index) at frame \(block.rawValue)"))
  }

  package var isTrusted: Bool { false }

  package func address(of block: FrameNumber) -> UInt64 { UInt64(block.rawValue) << 12 }

  package var addresses: Range<UInt64>? {
    let start = UInt64(allocator.range.start.rawValue) << 12
    return start..<start + UInt64(allocator.range.count) << 12
  }

  package func settle() {
    for core in 0..<allocator.coreCount { allocator.drain(core: core) }
  }

  package var freeFrames: Int? { Int(clamping: allocator.statistics.freeFrames) }

  package var heldFrames: Int? { Int(clamping: allocator.statistics.heldFrames) }

  package func wholeOrder(_ order: Order) -> Order? {
    merges ? Order(min(allocator.library.largestOrder, Order.maximum.index)) : order
  }

  package var metadataBytes: Int? { Int(clamping: allocator.statistics.metadataBytes) }
}
