public import Fragmentation
internal import MemoryUnits
public import PageFrames

extension PhysicalMemory where Allocator: ~Copyable {
  /// Fragments memory by recorded churn, for systems without page tables: single frames come and go
  /// (`ChurnReplay`), and those that stay are movable or pinned.
  public mutating func age(
    by churn: RecordedChurn, _ goal: AgingGoal, seed: UInt64
  ) -> AgingReport {
    let count = range.count
    var replay = ChurnReplay(churn, goal, seed: seed, frames: count)
    var churned = ChurnedFrames(memory: self)
    replay.run(on: &churned)
    let pinned = replay.pinnedPlaces()
    let taken = churned.frames
    self = churned.memory
    for place in pinned { frames.setState(.pinned, of: FrameNumber(rawValue: taken[place])) }
    var states: [UInt8] = []
    fillStates(&states, for: range)
    return AgingReport(
      replay, goal, seed: seed, states: states,
      freeAreas: FreeAreas(blocks: zone.allocator.freeBlocksByOrder()), pinnedFrames: pinned.count)
  }
}

/// Frames that pages without page tables take.
private struct ChurnedFrames<Allocator, Observer>: ~Copyable, ChurnMemory
where Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver {
  var memory: PhysicalMemory<Allocator, Observer>
  /// Of the page at each place the frame, where it has one.
  private(set) var frames: [UInt32] = []

  init(memory: consuming PhysicalMemory<Allocator, Observer>) { self.memory = memory }

  mutating func take(_ places: Range<Int>) -> Bool {
    guard memory.freeFrames >= places.count else { return false }
    while frames.count < places.upperBound { frames.append(0) }
    for place in places {
      let frame = memory.allocate(.base, .movable, owner: FrameOwner(state: .movable))
      guard let frame else {
        give(places.lowerBound..<place)
        return false
      }
      frames[place] = frame.rawValue
    }
    return true
  }

  mutating func give(_ places: Range<Int>) {
    for place in places { memory.free(FrameNumber(rawValue: frames[place]), .base) }
  }

  mutating func freeAreas() -> FreeAreas {
    memory.zone.allocator.drain(core: 0)
    return FreeAreas(blocks: memory.zone.allocator.freeBlocksByOrder())
  }
}
