internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// Takes free frames for the pages that wait, from the zone's end downwards, until there are as many
  /// as wanted or the scanners meet (Linux: isolate_freepages; its short cut through the free lists is
  /// left out).
  mutating func isolateTargets(_ run: inout CompactionRun, _ wanted: Int) {
    let lowest = compaction.zone.blockEnd(run.migrate)
    while run.targetCount < wanted {
      let start = compaction.zone.blockStart(run.free)
      guard start >= lowest else { return }
      let end = compaction.zone.blockEnd(run.free)
      if isTarget(pageblock: start, run) {
        isolateFree(run.free..<end, &run, wanted)
        if run.isAtMark { return }
        if run.free < end { return }
      }
      if run.targetCount == 0 {
        if !run.ignoresSkips { compaction.zone.setSkip(start) }
        compaction.zone.lowerFree(below: start)
      }
      guard start > compaction.zone.start else {
        run.free = start - 1
        return
      }
      run.free = compaction.zone.blockStart(start - 1)
    }
  }

  /// Whether pages may move into a pageblock (suitable_migration_target): not where all of it is one
  /// free block, and not among pages that cannot move.
  private func isTarget(pageblock start: Int, _ run: CompactionRun) -> Bool {
    if !run.ignoresSkips, compaction.zone.skips(start) { return false }
    if let order = freeBlock(containing: start), order >= compaction.settings.pageblockOrder {
      return false
    }
    return run.ignoresClasses || pageblockClass(start) ?? .movable == .movable
  }

  /// Takes the free frames of a part of a pageblock until there are enough.
  private mutating func isolateFree(
    _ frames: Range<Int>, _ run: inout CompactionRun, _ wanted: Int
  ) {
    var frame = frames.lowerBound
    var count = 0
    while frame < frames.upperBound, run.targetCount + count < wanted {
      run.freeScanned &+= 1
      guard !isUserPage(FrameNumber(frame)), let order = freeBlock(containing: frame) else {
        frame &+= 1
        continue
      }
      // A free block may have begun before a pageblock that an allocation had in part.
      let end = min((frame >> order.index + 1) << order.index, frames.upperBound)
      let range = FrameRange(start: FrameNumber(frame), count: end - frame)
      guard memory.freeFrames - count - range.count >= memory.zone.watermarks.min else {
        run.isAtMark = true
        break
      }
      run.found.append(range)
      count += range.count
      frame = end
    }
    let claimed = run.found.isEmpty ? 0 : memory.zone.allocator.claimEach(run.found)
    if claimed < run.found.count {
      run.isAtMark = true
      frame = run.found[claimed].start.index
    }
    for range in run.found[..<claimed] {
      run.targets.append(range)
      run.targetCount += range.count
      run.isolated &+= UInt64(range.count)
    }
    run.found.removeAll(keepingCapacity: true)
    elapsed += costs.scanFrame * UInt64(frame - frames.lowerBound)
    run.free = frame
  }

  /// The order of the free block that contains a frame; nil when it is not free.
  @inline(__always)
  func freeBlock(containing frame: Int) -> Order? {
    memory.zone.allocator.freeBlock(containing: FrameNumber(frame))
  }

  /// The class of a pageblock, where the allocator keeps one.
  func pageblockClass(_ frame: Int) -> FrameClass? {
    memory.zone.allocator.frameClass(ofPageblock: FrameNumber(frame))
  }

  /// The next free frame that was isolated.
  mutating func takeTarget(_ run: inout CompactionRun) -> FrameNumber? {
    guard let last = run.targets.indices.last else { return nil }
    let frame = run.targets[last].start
    run.targets[last].start = frame.advanced(by: 1)
    run.targets[last].count -= 1
    if run.targets[last].isEmpty { run.targets.removeLast() }
    run.targetCount -= 1
    note(.frameAllocated(frame))
    return frame
  }

  /// An aligned block of the free frames that were isolated, for a folio; the scanner goes on once if
  /// there is none (compaction_alloc).
  mutating func takeTarget(_ order: Order, _ run: inout CompactionRun) -> FrameNumber? {
    if let block = cutTarget(order, &run) { return block }
    isolateTargets(&run, run.targetCount + order.frameCount)
    return cutTarget(order, &run)
  }

  private func cutTarget(_ order: Order, _ run: inout CompactionRun) -> FrameNumber? {
    let size = order.frameCount
    for index in run.targets.indices.reversed() {
      let range = run.targets[index]
      let first = (range.start.index + size - 1) & -size
      guard first + size <= range.end.index else { continue }
      run.targets.remove(at: index)
      let parts = [(first + size, range.end.index), (range.start.index, first)]
      for (start, end) in parts where start < end {
        run.targets.insert(
          FrameRange(start: FrameNumber(start), count: end - start), at: index)
      }
      run.targetCount -= size
      return FrameNumber(first)
    }
    return nil
  }

  /// Gives back what was isolated and not used (release_free_list).
  mutating func releaseTargets(_ run: inout CompactionRun) {
    for range in run.targets {
      compaction.zone.raiseFree(to: range.start.index)
      run.free = max(run.free, compaction.zone.blockStart(range.start.index))
      memory.release(range)
    }
    run.targets.removeAll(keepingCapacity: true)
    run.targetCount = 0
  }
}
