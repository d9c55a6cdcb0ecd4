package import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// What became of moving a page.
  package enum MoveOutcome: Equatable {
    case moved(FrameNumber)
    /// Not a user page on an LRU list.
    case unmovable
    /// Somebody beside entries and caches refers to the frame: it is pinned, or being worked on.
    case busy
    /// Locked by mlock, and locked pages were to stay.
    case locked
    /// There is no free frame to move to.
    case noFrame
  }

  /// Moves a user page to another frame: contents, all entries, its places in page cache or swap cache
  /// and on its LRU list follow (Linux: migrate_pages). A folio, given by any of its frames, moves as a
  /// whole.
  /// - Parameter movesLocked: whether pages of locked areas move, as Linux's compaction does unless
  ///   vm.compact_unevictable_allowed is 0. They stay in memory either way.
  package mutating func migrate(_ frame: FrameNumber, movesLocked: Bool = true) -> MoveOutcome {
    if let refusal = refusal(frame, movesLocked: movesLocked) {
      counters.pgmigrateFail &+= 1
      return refusal
    }
    let head = memory.frames.head(of: frame)
    let order = Order(memory.frames.folioOrder(of: frame))
    let owner = memory.frames.owner(of: head)
    guard
      let target = allocate(order, owner, .movable, leaving: memory.zone.watermarks.min)
    else {
      counters.pgmigrateFail &+= UInt64(order.frameCount)
      if order == .huge { counters.thpMigrationFail &+= 1 }
      return .noFrame
    }
    var batch = MoveBatch()
    batch.add(head, to: target, order)
    move(&batch)
    return .moved(target.advanced(by: frame.index - head.index))
  }

  /// Why the page or folio of a frame may not move; nil when it may.
  package mutating func refusal(_ frame: FrameNumber, movesLocked: Bool) -> MoveOutcome? {
    let head = memory.frames.head(of: frame)
    let state = memory.frames.state(of: head)
    guard state == .movable || state == .fileCache, !memory.zone.allocator.isFree(frame),
      memory.frames.has(.lru, head)
    else { return .unmovable }
    let isCached = state == .fileCache || memory.frames.has(.swapCache, head)
    let leaves =
      memory.frames.isInFolio(head)
      ? memory.frames.leaves(of: head) : Int(memory.frames.mappings(of: head))
    guard Int(memory.frames.references(to: head)) == leaves + (isCached ? 1 : 0) else {
      return .busy
    }
    if !movesLocked, isMappedLocked(head) { return .locked }
    return nil
  }

  /// Whether an area that maps the frame, or its folio, is locked.
  mutating func isMappedLocked(_ frame: FrameNumber) -> Bool {
    if memory.frames.isInFolio(frame) {
      return folioMappings(of: memory.frames.head(of: frame)).contains { mapping in
        spaces[mapping.space].areas.area(containing: mapping.page)?.flags.contains(.locked) ?? false
      }
    }
    return mappings(of: frame).contains { mapping in
      spaces[mapping.space].areas.area(containing: mapping.page)?.flags.contains(.locked) ?? false
    }
  }

  /// Adds a page to the gather of its address space.
  static func add(_ mapping: Mapping, to gathers: inout [FlushGather]) {
    if let at = gathers.firstIndex(where: { $0.space == mapping.space }) {
      gathers[at].add(mapping.page)
    } else {
      gathers.append(FlushGather(mapping.space))
      gathers[gathers.count - 1].add(mapping.page)
    }
  }

  /// The frame that an address of a task is mapped to now; nil where it has none of its own.
  package mutating func frame(of task: TaskID, _ address: UInt64) -> FrameNumber? {
    let entry = entry(tasks[task].space, Int(address >> 12))
    return entry.mapsFrame && !entry.has(.special) ? entry.frame : nil
  }
}
