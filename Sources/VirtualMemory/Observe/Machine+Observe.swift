public import MemoryUnits
public import PageFrames

/// What can be seen of a machine without changing it or copying its tables.
extension Machine {
  /// All frames, free and in use.
  public var frameCount: Int { memory.range.count }

  public var freeFrames: Int { memory.freeFrames }

  /// Frames of user pages: anonymous ones, and those of files that are mapped or cached.
  public var userFrames: Int { groups.reduce(0) { $0 + $1.charged } }

  /// Frames that the kernel has for itself: page tables, kernel stacks, the page of zeros.
  public var kernelFrames: Int { frameCount - freeFrames - userFrames }

  /// Free blocks by order, 0...10: one row of /proc/buddyinfo.
  public var freeBlocksByOrder: [UInt64] { memory.zone.allocator.freeBlocksByOrder() }

  /// Free aligned blocks of 1 GiB; takes time in proportion to the number of free blocks.
  public var freeGiganticBlocks: Int { memory.zone.allocator.freeGiganticBlockCount() }

  /// The marks of the one zone.
  public var watermarks: Watermarks { memory.zone.watermarks }

  /// How often the zone came under pressure.
  public var zoneCounters: ZoneCounters { memory.zone.counters }

  /// Fills `states` with the `FrameState` of every frame: the input of a frame map.
  public func fillStates(_ states: inout [UInt8]) { fillStates(&states, for: memory.range) }

  /// The same for a part of the frames.
  public func fillStates(_ states: inout [UInt8], for range: FrameRange) {
    memory.fillStates(&states, for: range)
    let first = range.start.index
    for frame in pins.keys where range.contains(frame) {
      states[frame.index - first] = FrameState.pinned.rawValue
    }
  }

  /// Calls `body` with the states of all frames piece by piece (`PhysicalMemory.forEachStates`).
  public func forEachStates(_ body: ([UInt8], FrameNumber) -> Void) {
    guard !pins.isEmpty else { return memory.forEachStates(body) }
    let pinned = pins.keys.map(\.index).sorted()
    var next = 0
    memory.forEachStates { states, start in
      var states = states
      while next < pinned.count, pinned[next] < start.index + states.count {
        states[pinned[next] - start.index] = FrameState.pinned.rawValue
        next += 1
      }
      body(states, start)
    }
  }

  /// The same as planes (`PhysicalMemory.forEachStates`); all comes as states where frames are pinned.
  public func forEachStates(
    planes body: (Span<SIMD2<UInt64>>, FrameNumber) -> Void,
    states: ([UInt8], FrameNumber) -> Void
  ) {
    if pins.isEmpty {
      memory.forEachStates(planes: body, states: states)
    } else {
      forEachStates(states)
    }
  }

  /// The same as for all frames, and in `groups` the memory group of every frame that is not free, at
  /// most 255; 0 for the kernel's own and for free frames. One call for all frames, because a call
  /// copies the machine.
  public func fillStates(_ states: inout [UInt8], groups: inout [UInt8]) {
    fillStates(&states)
    if groups.count != states.count { groups = [UInt8](repeating: 0, count: states.count) }
    let first = memory.range.start.index
    for index in states.indices {
      groups[index] =
        states[index] == FrameState.free.rawValue
        ? 0 : UInt8(min(memory.frames.owner(of: FrameNumber(first + index)).group, 255))
    }
  }

  /// Whose a frame is; of a free frame, whose it was.
  public func owner(of frame: FrameNumber) -> FrameOwner { memory.frames.owner(of: frame) }
}

/// Pages of a task; all are 0 once it has ended.
extension Machine {
  /// Pages by what is behind them.
  public func residentPages(of task: TaskID) -> ResidentCounters {
    isRunning(task) ? spaces[tasks[task].space].resident : ResidentCounters()
  }

  /// Pages of all areas, resident or not.
  public func mappedPages(of task: TaskID) -> Int {
    isRunning(task) ? spaces[tasks[task].space].areas.pageCount : 0
  }

  /// Frames of page tables, the root among them.
  public func tablePages(of task: TaskID) -> Int {
    isRunning(task) ? spaces[tasks[task].space].tablePages : 0
  }

  public func isRunning(_ task: TaskID) -> Bool {
    tasks.has(task) && tasks[task].state == .running
  }
}
