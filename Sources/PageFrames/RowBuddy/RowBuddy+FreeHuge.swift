public import MemoryUnits

/// Frees of orders 9 and 10, and of parts of such blocks.
extension RowBuddy {
  @inline(never)
  @inlinable
  func freeHuge(_ frame: FrameNumber, _ order: Order, _ hands: RowCore) {
    checkRange(frame, order)
    let block = (frame.index &- base) &>> 9
    hands.countFree(order.index)
    if order == .huge { freeHuge(block) } else { freeMaximum(block) }
  }

  @inlinable
  @inline(__always)
  func freeHuge(_ block: Int) {
    let lane = lane(block)
    if lane.kind == .huge {
      // Nobody else may touch a block that is handed out, so nothing but this sum can follow.
      let freed = Int(Lane.empty.bits) &- Int(Lane.none.with(.huge).bits)
      let old = add(freed, toLane: block)
      guard old == lane else { wrongOrder(block, old, .huge) }
    } else {
      freeHalf(block)
    }
    listEmpty(block)
  }

  /// Frees one half of a block of order 10: the other is a block of order 9 from now on.
  @inline(never)
  @inlinable
  func freeHalf(_ block: Int) {
    while true {
      let pair = pairWord(block)
      let lane = Lane(pair, block)
      if lane.kind == .huge { return freeHuge(block) }
      guard lane.kind == .half else { wrongOrder(block, lane, .huge) }
      let other = Lane(pair, block ^ 1).with(.huge)
      let desired = other.replacing(in: Lane.empty.replacing(in: pair, block), block ^ 1)
      if exchangePair(block, pair, desired) { return }
    }
  }

  @inlinable
  @inline(__always)
  func freeMaximum(_ block: Int) {
    let pair = pairWord(block)
    for half in block...block &+ 1 where Lane(pair, half).kind != .half {
      wrongOrder(half, Lane(pair, half), .maximum)
    }
    let freed = Int(Lane.empty.bits) &- Int(Lane.none.with(.half).bits)
    let old = add(freed &+ freed &<< 32, toLane: block)
    guard old == Lane(pair, block) else { wrongOrder(block, old, .maximum) }
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

  @inlinable
  @inline(__always)
  func wrongOrder(_ block: Int, _ lane: Lane, _ order: Order) -> Never {
    rowWrongOrder(base &+ block &<< 9, lane, order)
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
