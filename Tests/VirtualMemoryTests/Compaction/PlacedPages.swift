import MemoryUnits
import PageFrames
import VirtualMemory

/// A machine whose frames hold one task's pages, each full of a known value, so that any placement of
/// movable, pinned and free frames can be made.
struct PlacedPages: ~Copyable {
  var machine: Machine
  let task: TaskID
  let base: UInt64
  /// The page behind every frame that a page was put into.
  private(set) var pages: [FrameNumber: Int] = [:]
  /// What each page that is left must hold.
  private(set) var values: [Int: UInt8] = [:]
  private(set) var pinned: Set<FrameNumber> = []

  private init(_ machine: consuming Machine, _ task: TaskID, _ base: UInt64) {
    self.task = task
    self.base = base
    self.machine = machine
  }

  /// Fills all frames but `spare` with pages.
  static func fill(_ configuration: MachineConfiguration, spare: Int = 0) throws -> PlacedPages {
    var machine = Machine(configuration)
    let task = try machine.spawn()
    let base = try machine.mmap(
      task, length: UInt64(configuration.frameCount) << 12, .readWrite, [.private, .anonymous])
    var world = PlacedPages(machine, task, base)
    try world.fill(spare)
    return world
  }

  private mutating func fill(_ spare: Int) throws {
    let marks = machine.memory.zone.watermarks
    machine.setWatermarks(.none)
    // All tables first, so that they lie together, and no page of theirs among the others.
    let count = machine.configuration.frameCount
    for page in Array(stride(from: 0, to: count - 1, by: 512)) + [count - 1] { try put(page) }
    var page = 0
    while machine.memory.freeFrames > spare {
      if values[page] == nil { try put(page) }
      page += 1
    }
    machine.setWatermarks(marks)
  }

  private mutating func put(_ page: Int) throws {
    let value = UInt8(truncatingIfNeeded: page &* 7 &+ page >> 8 &+ 1)
    try machine.store(task, base + UInt64(page) << 12, [value])
    guard let frame = machine.frame(of: task, base + UInt64(page) << 12) else { throw Errno.fault }
    pages[frame] = page
    values[page] = value
  }

  /// Frames with pages, ascending.
  var frames: [FrameNumber] { pages.keys.sorted() }

  /// Where the page is mapped that was put into a frame.
  func address(in frame: FrameNumber) -> UInt64? {
    pages[frame].map { base + UInt64($0) << 12 }
  }

  mutating func free(_ frame: FrameNumber) throws {
    guard let page = pages.removeValue(forKey: frame) else { throw Errno.fault }
    try machine.madvise(task, base + UInt64(page) << 12, length: 4096, .dontNeed)
    values[page] = nil
  }

  mutating func pin(_ frame: FrameNumber) {
    guard let page = pages[frame] else { fatalError("no page is in frame \(frame.index)") }
    guard (try? machine.pin(task, base + UInt64(page) << 12)) == frame else {
      fatalError("the page has left frame \(frame.index)")
    }
    pinned.insert(frame)
  }

  /// Whether every page holds what it must, pinned frames have their pages, and all invariants hold.
  mutating func isIntact() throws -> Bool {
    var intact = true
    for (page, value) in values {
      let place = base + UInt64(page) << 12
      if try machine.load(task, place, count: 1) != [value] { intact = false }
    }
    for frame in pinned {
      guard let page = pages[frame] else { continue }
      if machine.frame(of: task, base + UInt64(page) << 12) != frame { intact = false }
    }
    machine.validate()
    return intact
  }
}
