public import MemoryUnits

/// What is free, what cores hold included. Reads without stopping anybody: exact when no operation is
/// under way.
extension RowBuddy {
  public var freeFrames: Int {
    var out = claimedFrames
    for core in 0..<layout.coreCount { out += self.core(core).framesOut }
    return range.count - out
  }

  public var heldFrames: Int {
    var held = 0
    for core in 0..<layout.coreCount { held += self.core(core).heldFrames }
    return held
  }

  /// Splits and merges stay zero: blocks are not recorded, only their frames are.
  public var counters: AllocatorCounters {
    var counters = AllocatorCounters()
    for core in 0..<layout.coreCount {
      let hands = self.core(core)
      counters.allocations += UInt64(max(0, hands.allocations))
      counters.frees += UInt64(hands.frees)
      counters.failed += UInt64(hands.failures)
    }
    return counters
  }

  /// The slot that has a block, if any.
  func slot(of block: Int) -> RowSlot? {
    guard lane(block).isOwned else { return nil }
    for core in 0..<layout.coreCount {
      for index in 0..<RowCore.slotCount where self.core(core).slot(index).block == block {
        return self.core(core).slot(index)
      }
    }
    return nil
  }

  /// The free frames of a block by row.
  func freeRows(_ block: Int) -> InlineArray<8, UInt64> {
    var rows = InlineArray<8, UInt64>(repeating: 0)
    guard lane(block).isSmall else { return rows }
    let slot = slot(of: block)
    for index in 0..<8 {
      let row = block << 3 + index
      rows[index] = self.row(row) | (slot?[row] ?? 0)
    }
    return rows
  }

  func isWhollyFree(_ block: Int) -> Bool {
    let lane = lane(block)
    guard lane.isSmall else { return false }
    let slot = lane.isOwned ? slot(of: block) : nil
    for row in block << 3..<block << 3 + 8 where self.row(row) | (slot?[row] ?? 0) != UInt64.max {
      return false
    }
    return true
  }

  public func freeBlock(startingAt frame: FrameNumber) -> Order? {
    guard let order = freeBlock(containing: frame), frame.isAligned(to: order) else { return nil }
    return order
  }

  public func freeBlock(containing frame: FrameNumber) -> Order? {
    guard range.contains(frame) else { return nil }
    let start = frame.index - base
    let lane = lane(start >> 9)
    guard lane.isSmall else { return nil }
    let slot = lane.isOwned ? slot(of: start >> 9) : nil
    // Most questions are about frames in use: one row answers them.
    let word = self.row(start >> 6) | (slot?[start >> 6] ?? 0)
    guard word >> UInt64(start & 63) & 1 == 1 else { return nil }
    if word != UInt64.max {
      var order = 0
      while Self.runs(of: order + 1, in: word) >> UInt64(start & 63 & -(2 << order)) & 1 == 1 {
        order += 1
      }
      return Order(order)
    }
    let rows = freeRows(start >> 9)
    let row = start >> 6 & 7
    for order in 7...9 {
      let count = 1 << (order - 6)
      let first = row & -count
      for other in first..<first + count where rows[other] != UInt64.max { return Order(order - 1) }
    }
    return isWhollyFree(start >> 9 ^ 1) ? .maximum : .huge
  }

  public func freeBlockCount(_ order: Order) -> Int {
    guard order.index < Order.allocatorCount else { return 0 }
    if order >= .huge {
      // Two neighbours are one block of the largest order.
      var count = 0
      for block in stride(from: 0, to: layout.blocks, by: 2) {
        let free = (isWhollyFree(block) ? 1 : 0) + (isWhollyFree(block + 1) ? 1 : 0)
        if free == (order == .huge ? 1 : 2) { count += 1 }
      }
      return count
    }
    return Int(freeBlocksByOrder()[order.index])
  }

  public func freeBlocksByOrder() -> [UInt64] {
    var counts = [UInt64](repeating: 0, count: Order.allocatorCount)
    forEachFreeBlock { _, order in counts[order.index] += 1 }
    return counts
  }

  /// In ascending order of frames.
  public func forEachFreeBlock(_ body: (FrameNumber, Order) -> Void) {
    for block in stride(from: 0, to: layout.blocks, by: 2) {
      if isWhollyFree(block), isWhollyFree(block + 1) {
        body(FrameNumber(base + block << 9), .maximum)
      } else {
        forEachFreeBlock(in: block, body)
        forEachFreeBlock(in: block + 1, body)
      }
    }
  }

  /// The free blocks of order 0-9 in a block.
  private func forEachFreeBlock(in block: Int, _ body: (FrameNumber, Order) -> Void) {
    let rows = freeRows(block)
    var row = 0
    while row < 8 {
      let start = base + block << 9 + row << 6
      guard rows[row] == UInt64.max else {
        forEachRun(in: rows[row]) { bit, order in body(FrameNumber(start + bit), Order(order)) }
        row += 1
        continue
      }
      // A full row is the start of the largest aligned group of full rows that begins with it.
      var count = 8
      while row & (count - 1) != 0 || !areFull(row, count, rows) { count >>= 1 }
      body(FrameNumber(start), Order(6 + count.trailingZeroBitCount))
      row += count
    }
  }

  private func areFull(_ first: Int, _ count: Int, _ rows: InlineArray<8, UInt64>) -> Bool {
    for row in first..<first + count where rows[row] != UInt64.max { return false }
    return true
  }

  /// The largest aligned runs of ones of a row that is not all ones.
  private func forEachRun(in row: UInt64, _ body: (Int, Int) -> Void) {
    var rest = row
    while rest != 0 {
      let bit = rest.trailingZeroBitCount
      var order = 0
      while order < 5, bit & (2 << order - 1) == 0,
        Self.runs(of: order + 1, in: rest) >> UInt64(bit) & 1 == 1
      { order += 1 }
      body(bit, order)
      rest &= ~(Self.ones(order) << UInt64(bit))
    }
  }
}
