public import MemoryUnits

/// Frees of orders 9 and 10, and of parts of such blocks.
extension RowBuddy {
  @inlinable
  func freeHuge(_ start: Int, _ order: Order, _ hands: RowCore) {
    let block = start &>> 9
    if order == .huge { freeHuge(block) } else { freeMaximum(block) }
  }

  @inlinable
  func freeHuge(_ block: Int) {
    while true {
      let pair = pairWord(block)
      let lane = Lane(pair, block)
      var desired = Lane.empty.replacing(in: pair, block)
      switch lane.kind {
      case .huge: break
      case .half:
        // One half of a block of order 10: the other is a block of order 9 from now on.
        desired = Lane(pair, block ^ 1).with(.huge).replacing(in: desired, block ^ 1)
      case .small, .splitting: wrongOrder(block, lane, .huge)
      }
      if exchangePair(block, pair, desired) { break }
    }
    listEmpty(block)
  }

  @inlinable
  func freeMaximum(_ block: Int) {
    while true {
      let pair = pairWord(block)
      for half in block...block &+ 1 where Lane(pair, half).kind != .half {
        wrongOrder(half, Lane(pair, half), .maximum)
      }
      let empty = UInt64(Lane.empty.bits)
      if exchangePair(block, pair, empty | empty &<< 32) { break }
    }
    if !listedEmptyPair(block) {
      listEmpty(block)
      listEmpty(block &+ 1)
    }
  }

  /// Whether both blocks of a pair are in the set of empty blocks already.
  @inlinable
  func listedEmptyPair(_ block: Int) -> Bool {
    emptyBlocks.load(0, block &>> 6) &>> UInt64(truncatingIfNeeded: block & 63) & 3 == 3
  }

  @inline(never)
  @usableFromInline
  func wrongOrder(_ block: Int, _ lane: Lane, _ order: Order) -> Never {
    frameFault(
      lane.isEmpty ? "double free" : "free with a wrong order", frame: base + block << 9,
      order: order.index)
  }

  /// Makes a block that was handed out as order 9 or 10 one of 512 allocated frames, because a part of
  /// it is being freed; returns when that is done, by whomever.
  @inline(never)
  @inlinable
  func cutHuge(_ block: Int) {
    var turns = 0
    while true {
      let pair = pairWord(block)
      let lane = Lane(pair, block)
      var desired = lane.with(.splitting).replacing(in: pair, block)
      switch lane.kind {
      case .small: return
      case .splitting:
        wait(&turns)
        continue
      case .huge: break
      case .half:
        desired = Lane(pair, block ^ 1).with(.huge).replacing(in: desired, block ^ 1)
      }
      guard exchangePair(block, pair, desired) else { continue }
      for row in block &<< 3..<(block &<< 3) &+ 8 { clearRow(row) }
      _ = add(-Int(Lane.none.with(.splitting).bits &- Lane.none.bits), toLane: block)
      return
    }
  }
}
