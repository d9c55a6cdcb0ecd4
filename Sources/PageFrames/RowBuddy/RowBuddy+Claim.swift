public import MemoryUnits
import Synchronization

/// Exact frames, with the world stopped.
extension RowBuddy {
  public func claim(_ frames: FrameRange) -> Bool {
    guard range.contains(frames), frames.count >= 0 else {
      frameFault("claim out of range", frame: frames.start.index, order: 0)
    }
    return whileStopped { claimStopped(frames) }
  }

  /// The world stops once for all of them.
  public func claimEach(_ ranges: [FrameRange]) -> Int {
    for frames in ranges where !range.contains(frames) || frames.count < 0 {
      frameFault("claim out of range", frame: frames.start.index, order: 0)
    }
    return whileStopped {
      for (index, frames) in ranges.enumerated() {
        guard claimStopped(frames) else { return index }
      }
      return ranges.count
    }
  }

  private func claimStopped(_ frames: FrameRange) -> Bool {
    giveUpBlocks(of: frames)
    var free = true
    forEachPart(of: frames) { block, rows in
      let lane = lane(block)
      free = free && lane.isSmall && rows.allSatisfy { row, mask in self.row(row) & mask == mask }
    }
    guard free else { return false }
    forEachPart(of: frames) { block, rows in
      let whole = rows.count == 512
      if whole {
        setLane(block, .taken(as: .huge, classIndex: 0))
      } else {
        rows.forEach { row, mask in setRow(row, self.row(row) & ~mask) }
        let lane = lane(block)
        setLane(block, Lane(bits: lane.bits - UInt32(rows.count)))
        list(block, self.lane(block))
      }
    }
    joinHalves(of: frames)
    claimedFrames += frames.count
    return true
  }

  public func release(_ frames: FrameRange) {
    guard range.contains(frames), frames.count >= 0 else {
      frameFault("release out of range", frame: frames.start.index, order: 0)
    }
    whileStopped {
      giveUpBlocks(of: frames)
      forEachPart(of: frames) { block, rows in
        guard lane(block).isSmall else { return }
        rows.forEach { row, mask in
          let free = self.row(row) & mask
          guard free == 0 else {
            frameFault(
              "release of a free frame", frame: base + row * 64 + free.trailingZeroBitCount,
              order: 0)
          }
        }
      }
      forEachPart(of: frames) { block, rows in
        if lane(block).kind == .half { setLane(block ^ 1, lane(block ^ 1).with(.huge)) }
        if !lane(block).isSmall {
          setLane(block, Lane.none.with(classIndex: lane(block).classIndex))
          for row in block * 8..<block * 8 + 8 { setRow(row, 0) }
        }
        rows.forEach { row, mask in setRow(row, self.row(row) | mask) }
        let lane = Lane(bits: lane(block).bits + UInt32(rows.count))
        setLane(block, lane.with(runlessOrder: 0))
        list(block, self.lane(block))
      }
      claimedFrames -= frames.count
      forgetSearch()
    }
  }

  public func drain(core: Int) {
    guard core >= 0, core < layout.coreCount else { noSuchRowCore(core) }
    whileStopped { giveUpAll(self.core(core)) }
  }

  /// Frames claimed less frames released; with the gate closed.
  var claimedFrames: Int {
    get { Int(truncatingIfNeeded: unsafe gateWord(2).pointee.load(ordering: .relaxed)) }
    nonmutating set {
      unsafe gateWord(2).pointee.store(UInt64(truncatingIfNeeded: newValue), ordering: .relaxed)
    }
  }

  private func forgetSearch() { unsafe gateWord(1).pointee.store(0, ordering: .relaxed) }

  /// Takes the blocks that a range touches out of the cores' hands.
  private func giveUpBlocks(of frames: FrameRange) {
    guard !frames.isEmpty else { return }
    let first = (frames.start.index - base) >> 9
    let last = (frames.start.index - base + frames.count - 1) >> 9
    for core in 0..<layout.coreCount {
      for index in 0..<RowCore.slotCount {
        let slot = self.core(core).slot(index)
        if slot.block >= first, slot.block <= last { giveUp(slot, self.core(core)) }
      }
    }
  }

  /// Two whole blocks that are a pair are one of order 10.
  private func joinHalves(of frames: FrameRange) {
    let start = frames.start.index - base
    let end = start + frames.count
    var block = (start + 1023) / 1024 * 2
    while (block + 2) << 9 <= end {
      setLane(block, .taken(as: .half, classIndex: 0))
      setLane(block + 1, .taken(as: .half, classIndex: 0))
      block += 2
    }
  }

  /// The rows of one block that a range touches, each with the bits of its frames.
  private struct Part {
    let frames: Range<Int>

    var count: Int { frames.count }

    func forEach(_ body: (Int, UInt64) -> Void) {
      var frame = frames.lowerBound
      while frame < frames.upperBound {
        let row = frame >> 6
        let end = min(row << 6 + 64, frames.upperBound)
        body(row, RowBuddy.bits(frame - row << 6, end - row << 6))
        frame = end
      }
    }

    func allSatisfy(_ condition: (Int, UInt64) -> Bool) -> Bool {
      var all = true
      forEach { row, mask in all = all && condition(row, mask) }
      return all
    }
  }

  private func forEachPart(of frames: FrameRange, _ body: (Int, Part) -> Void) {
    var frame = frames.start.index - base
    let end = frame + frames.count
    while frame < end {
      let next = min((frame / 512 + 1) * 512, end)
      body(frame >> 9, Part(frames: frame..<next))
      frame = next
    }
  }
}
