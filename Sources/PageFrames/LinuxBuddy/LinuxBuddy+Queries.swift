public import MemoryUnits

extension LinuxBuddy {
  public var marksBlocks: Bool { true }

  public func freeBlock(startingAt frame: FrameNumber) -> Order? {
    guard range.contains(frame) else { return nil }
    if isFresh(frame.index) { return frame.isAligned(to: .maximum) ? .maximum : nil }
    let mark = mark(frame.index)
    return mark.isFree ? Order(mark.order) : nil
  }

  /// Nil for a frame that a core holds.
  public func freeBlock(containing frame: FrameNumber) -> Order? {
    guard range.contains(frame) else { return nil }
    if isFresh(frame.index) { return .maximum }
    let mark = mark(block(containing: frame.index))
    return mark.isFree ? Order(mark.order) : nil
  }

  /// The order and class of the allocated block that contains a frame; nil when nobody has it. A block
  /// that was freed in part counts in its remaining parts.
  public func allocatedBlock(containing frame: FrameNumber) -> (order: Order, FrameClass)? {
    guard range.contains(frame), !isFresh(frame.index) else { return nil }
    let mark = mark(block(containing: frame.index))
    return mark.isOwned ? (Order(mark.order), mark.frameClass) : nil
  }

  /// Whether a core holds the frame for its next requests.
  public func isHeld(_ frame: FrameNumber) -> Bool {
    guard range.contains(frame), !isFresh(frame.index) else { return false }
    return mark(block(containing: frame.index)).isHeld
  }

  public func freeBlockCount(_ order: Order) -> Int {
    Migratetype.allCases.reduce(0) { $0 + freeBlockCount(order, $1) }
  }

  /// In the order of the lists, as requests would take them: by zone, type and order.
  public func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    let descriptors = unsafe self.descriptors
    let pages = unsafe descriptors.span
    for zone in 0..<zoneCount {
      for list in 0..<LinuxLists.count {
        var frame = unsafe zones[zone].lists.heads[list]
        while frame != PageDescriptor.noFrame {
          body(FrameNumber(rawValue: frame), Order(list % 11))
          frame = pages[Int(frame)].next
        }
      }
      let fresh = unsafe zones[zone].fresh
      for frame in stride(
        from: fresh.lowerBound, to: fresh.upperBound, by: Order.maximum.frameCount)
      {
        body(FrameNumber(frame), .maximum)
      }
    }
  }

  /// What one core holds of one zone, as /proc/zoneinfo has it.
  public func heldByCore(_ core: Int, zone: Int = 0) -> (count: Int, high: Int, batch: Int) {
    guard core >= 0, core < coreCount, zone >= 0, zone < zoneCount else {
      frameFault("no such core or zone", frame: core, order: 0)
    }
    let cache = unsafe caches + (core * zoneCount + zone)
    return unsafe (cache.pointee.count, cache.pointee.high, zones[zone].batch)
  }

  /// A zone's free frames, its marks without boost, its boost and its high-atomic reserve.
  public func zoneState(_ zone: Int) -> LinuxZoneState {
    guard zone >= 0, zone < zoneCount else {
      frameFault("no such zone", frame: zone, order: 0)
    }
    let state = unsafe zones[zone]
    return LinuxZoneState(
      kind: state.kind, node: state.node, managed: state.managed,
      free: state.free, marks: state.marks, boost: state.boost,
      reservedHighAtomic: state.reservedHighAtomic,
      lowmemReserve: LinuxZoneKind.allCases.map {
        state.lowmemReserve[Int($0.rawValue)]
      },
      pcpBatch: state.batch, pcpHighMin: state.highMin,
      pcpHighMax: state.highMax)
  }
}

/// What /proc/zoneinfo shows of a zone; frames.
public struct LinuxZoneState: Hashable, Sendable {
  public let kind: LinuxZoneKind
  public let node: Int
  public let managed: Int
  public let free: Int
  public let marks: Watermarks
  public let boost: Int
  public let reservedHighAtomic: Int
  /// By the highest zone of the request: DMA, DMA32, Normal, Movable.
  public let lowmemReserve: [Int]
  public let pcpBatch: Int
  public let pcpHighMin: Int
  public let pcpHighMax: Int
}
