package import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// What became of moving a page.
  package enum MoveOutcome: Equatable {
    case moved(FrameNumber)
    /// Not a user page on an LRU list, or part of a folio.
    case unmovable
    /// Somebody beside entries and caches refers to the frame: it is pinned, or being worked on.
    case busy
    /// Locked by mlock, and locked pages were to stay.
    case locked
    /// There is no free frame to move to.
    case noFrame
  }

  /// Moves a user page to another frame: contents, all entries, its places in page cache or swap cache
  /// and on its LRU list follow (Linux: migrate_pages).
  /// - Parameter movesLocked: whether pages of locked areas move, as Linux's compaction does unless
  ///   vm.compact_unevictable_allowed is 0. They stay in memory either way.
  package mutating func migrate(_ frame: FrameNumber, movesLocked: Bool = true) -> MoveOutcome {
    if let refusal = refusal(frame, movesLocked: movesLocked) {
      counters.pgmigrateFail &+= 1
      return refusal
    }
    let owner = memory.frames.owner(of: frame)
    guard
      let target = allocate(.base, owner, .movable, leaving: memory.zone.watermarks.min)
    else {
      counters.pgmigrateFail &+= 1
      return .noFrame
    }
    move(frame, to: target)
    return .moved(target)
  }

  /// Why a page may not move; nil when it may.
  package mutating func refusal(_ frame: FrameNumber, movesLocked: Bool) -> MoveOutcome? {
    let state = memory.frames.state(of: frame)
    guard state == .movable || state == .fileCache, !memory.zone.allocator.isFree(frame),
      memory.frames.has(.lru, frame), !memory.frames.isInFolio(frame)
    else { return .unmovable }
    let isCached = state == .fileCache || memory.frames.has(.swapCache, frame)
    let held = memory.frames.mappings(of: frame) + (isCached ? 1 : 0)
    guard memory.frames.references(to: frame) == held else { return .busy }
    if !movesLocked, isMappedLocked(frame) { return .locked }
    return nil
  }

  /// Whether an area that maps the frame is locked.
  mutating func isMappedLocked(_ frame: FrameNumber) -> Bool {
    mappings(of: frame).contains { mapping in
      spaces[mapping.space].areas.area(containing: mapping.page)?.flags.contains(.locked) ?? false
    }
  }

  /// Moves a page, which `refusal` allows, to an allocated frame of nobody, and frees its own.
  package mutating func move(_ frame: FrameNumber, to target: FrameNumber) {
    var batch = MoveBatch()
    batch.add(frame, to: target)
    move(&batch)
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
