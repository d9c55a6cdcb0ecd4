public import Fragmentation
internal import MemoryUnits
internal import PageFrames
public import VirtualMemory

extension Machine {
  /// Fragments the memory of a machine by recorded churn: programs of one recording fill free memory and
  /// free it again, 4 KiB page by page, until it is as asked (`ChurnReplay`). What is left belongs to one
  /// new task, which pins the pages that nobody shall move, and stays.
  ///
  /// Who hands out frames decides how fragmented memory becomes on the way, and where what stays lies.
  /// Watermarks and cores are treated as by the other methods.
  ///
  /// Errors: ENOMEM (the machine is too small, or in use).
  public mutating func age(
    by churn: RecordedChurn, _ goal: AgingGoal, seed: UInt64
  ) throws(Errno) -> AgingReport {
    let marks = watermarks
    guard freeFrames >= 2 * Order.huge.frameCount else { throw .noMemory }
    let task = try spawn("age")
    let length = UInt64(ChurnReplay.placeCount(frames: frameCount)) << 12
    let start = try mmap(
      task, length: length, [.read, .write], [.private, .anonymous, .noReserve])
    // A machine without huge pages knows no such advice.
    try? madvise(task, start, length: length, .noHugePage)
    setWatermarks(.none)
    var replay = ChurnReplay(churn, goal, seed: seed, frames: frameCount)
    var memory = ChurnedMachine(machine: self, task: task, start: start)
    replay.run(on: &memory)
    self = memory.machine
    setWatermarks(marks)
    for place in replay.pinnedPlaces() { try pin(task, start + UInt64(place) << 12) }
    var states: [UInt8] = []
    fillStates(&states)
    return AgingReport(
      replay, goal, seed: seed, states: states, freeAreas: FreeAreas(blocks: freeBlocksByOrder),
      pinnedFrames: pinnedFrames)
  }
}

/// A machine of which one task takes and frees pages.
private struct ChurnedMachine: ~Copyable, ChurnMemory {
  var machine: Machine
  let task: TaskID
  /// The address of the first place.
  let start: UInt64

  /// For page tables and what else the kernel takes meanwhile: nothing is ever reclaimed.
  private static var reserve: Int { 64 }

  mutating func take(_ places: Range<Int>) -> Bool {
    guard machine.freeFrames >= places.count + Self.reserve else { return false }
    let pages = PageRange(start: Int(start >> 12) + places.lowerBound, count: places.count)
    if case .resident = machine.touch(task, pages) { return true }
    // The last frames may be out of reach, in the lists of other cores.
    give(places)
    return false
  }

  mutating func give(_ places: Range<Int>) {
    do {
      try machine.madvise(
        task, start + UInt64(places.lowerBound) << 12, length: UInt64(places.count) << 12,
        .dontNeed)
    } catch {
      fatalError("an area of aging cannot be freed: \(error)")
    }
  }

  mutating func freeAreas() -> FreeAreas {
    for core in 0..<machine.configuration.coreCount {
      machine.memory.zone.allocator.drain(core: core)
    }
    return FreeAreas(blocks: machine.freeBlocksByOrder)
  }
}
