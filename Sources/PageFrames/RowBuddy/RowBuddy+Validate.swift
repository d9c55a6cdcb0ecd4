import MemoryUnits

extension RowBuddy {
  /// Checks every level against every other, with the world stopped.
  public func validate() {
    whileStopped {
      var free = 0
      for block in 0..<layout.blocks { free += validate(block) }
      guard free == freeFrames else { broken("a wrong count of free frames", free, 0) }
      validateSlots()
    }
  }

  /// The free frames of a block, in its rows and in a core's hands.
  private func validate(_ block: Int) -> Int {
    let lane = lane(block)
    var shared = 0
    for row in block << 3..<block << 3 + 8 {
      let bits = self.row(row)
      shared += bits.nonzeroBitCount
      guard bits & ~rangeBits(row) == 0 || !lane.isSmall else {
        broken("a free frame out of range", row << 6, 0)
      }
    }
    switch lane.kind {
    case .splitting: broken("a block that is still being cut", block << 9, 9)
    case .huge, .half:
      guard shared == 512, lane.count == 0, !lane.isOwned else {
        broken("a wrong huge block", block << 9, 9)
      }
      guard lane.kind == .huge || self.lane(block ^ 1).kind == .half else {
        broken("half of a block of order 10", block << 9, 10)
      }
      return 0
    case .small: break
    }
    guard lane.isOwned else {
      guard lane.count == shared else { broken("a wrong count of a block", block << 9, lane.count) }
      guard lane.runlessOrder > 8 || !hasRun(block, lane.runlessOrder) else {
        broken("a run in a block that is said to have none", block << 9, lane.runlessOrder)
      }
      validateSets(block, lane)
      return shared
    }
    guard let slot = slot(of: block) else { broken("an owned block in no slot", block << 9, 9) }
    guard lane.count - slot.taken == shared else {
      broken("a wrong count of an owned block", block << 9, lane.count)
    }
    for row in block << 3..<block << 3 + 8 where self.row(row) & slot[row] != 0 {
      broken("double free", row << 6 + (self.row(row) & slot[row]).trailingZeroBitCount, 0)
    }
    return shared + slot.heldFrames
  }

  /// A block with free frames is in its set, and the set's upper levels lead to it.
  private func validateSets(_ block: Int, _ lane: Lane) {
    let index = Self.tree(of: lane)
    guard index >= 0 else { return }
    guard tree(index).find(from: block) == block else { broken("a block in no set", block << 9, 9) }
    guard index == RowLayout.emptyTree, self.lane(block ^ 1).isEmpty else { return }
    guard emptyPairs.find(from: block >> 6) == block >> 6 else {
      broken("a pair in no set", block << 9, 10)
    }
  }

  private func validateSlots() {
    for core in 0..<layout.coreCount {
      for index in 0..<RowCore.slotCount {
        let slot = self.core(core).slot(index)
        guard slot.block < 0 ? slot.heldFrames == 0 : lane(slot.block).isOwned else {
          broken("a slot with a wrong block", slot.block << 9, 9)
        }
        guard slot.starts & ~Self.runs(of: slot.startOrder, in: slot.current) == 0 else {
          broken("a start of no free run", slot.row << 6, slot.startOrder)
        }
      }
    }
  }

  private func broken(_ what: StaticString, _ frame: Int, _ order: Int) -> Never {
    frameFault(what, frame: base + frame, order: order)
  }
}
