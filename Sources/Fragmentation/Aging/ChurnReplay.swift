internal import MemoryUnits

/// Recorded churn as a way to age memory: programs of one recording fill it, and what they have dies by
/// shuffled lifetimes until free memory is as fragmented as it was asked for.
///
/// A pass has two halves.
///
/// 1. Programs start, each at a seeded moment of the recording with what the recorded one had then; for
///    every page that a start takes, running programs take another, in seeded bursts of recorded steps,
///    and free as they did. A program that comes to its end frees all it has and begins again. This goes on
///    until free memory in blocks of 2 MiB has come down to what is to be left of it.
/// 2. Objects die in a seeded order, whatever the recording says of their lifetimes, until the asked
///    share of memory is free.
///
/// Deaths that empty blocks miss the index; so the next pass leaves as many blocks less before them.
/// Passes end when the index is within half a percent, or when two bring it no nearer.
public struct ChurnReplay {
  /// Passes that were made.
  public private(set) var passes = 0
  /// Programs that were started, and pages that all objects took.
  public private(set) var programs = 0
  public private(set) var pagesTaken = 0
  /// Free frames at the last look, and those of them in blocks of 2 MiB.
  public private(set) var freeFrames = 0
  public private(set) var usableFrames = 0

  private let churn: RecordedChurn
  private let goal: AgingGoal
  private let frames: Int
  private var generator: SplitMix64
  private var objects: [Object] = []
  /// Those that run; the oldest is the one after `newest`.
  private var running: [Program] = []
  private var newest = -1
  private var places = ChurnPlaces()
  /// Memory has no more frames, or few enough whole blocks are left.
  private var isFull = false
  private var pagesSinceLook = 0

  private struct Object {
    var place: Int
    var pages: UInt16
    var program: UInt32
    var number: UInt32
  }

  private struct Program {
    /// The next step of the recording.
    var position: Int
    /// Of each of its objects the index in `objects`, or `none`.
    var objects: [UInt32]
  }

  private static var none: UInt32 { .max }
  private static var mostPasses: Int { 12 }
  /// Errors of the index that end the passes, and gains that are none.
  private static var tolerance: Double { 0.005 }
  private static var leastGain: Double { 0.001 }

  /// - Parameter frames: of the memory, all of them.
  public init(_ churn: RecordedChurn, _ goal: AgingGoal, seed: UInt64, frames: Int) {
    self.churn = churn
    self.goal = goal
    self.frames = frames
    generator = SplitMix64(seed: seed)
  }

  /// How many places there may be: all lie below.
  public static func placeCount(frames: Int) -> Int { 8 * frames }

  /// Pages that objects have.
  public var livePages: Int { objects.reduce(0) { $0 + Int($1.pages) } }

  /// The places of all pages that objects have, in ascending order.
  public var livePlaces: [Int] {
    objects.flatMap { $0.place..<$0.place + Int($0.pages) }.sorted()
  }

  /// The index at the last look.
  public var unusable: Double {
    freeFrames > 0 ? Double(freeFrames - usableFrames) / Double(freeFrames) : 1
  }

  /// Ages memory of which programs may take all that is free.
  public mutating func run(on memory: inout some ChurnMemory & ~Copyable) {
    let wanted = goal.free ?? churn.freeShare
    // Asked for, it is met closely; else the index comes first.
    let slack = goal.free == nil ? 0.1 : 0.01
    let free = wanted * Double(frames)
    var left = (1 - goal.unusable) * free
    var best = Double.infinity
    var idlePasses = 0
    while passes < Self.mostPasses, idlePasses < 2 {
      passes += 1
      fill(&memory, leaving: Int(left.rounded()))
      thin(&memory, Int(free * (1 - slack))...Int(free * (1 + slack)))
      let error = abs(unusable - goal.unusable)
      if error <= Self.tolerance { return }
      idlePasses = error > best - Self.leastGain ? idlePasses + 1 : 0
      best = min(best, error)
      let missed = (1 - goal.unusable) * Double(freeFrames) - Double(usableFrames)
      left = min(max(left + missed, 0), Double(frames))
    }
  }

  /// Places of pages that shall not move: a share of those that stay, in ascending order.
  public mutating func pinnedPlaces() -> [Int] {
    var pages = livePlaces
    let count = Int((goal.unmovable * Double(pages.count)).rounded())
    for index in 0..<count {
      let other = index + Int(generator.next(upperBound: UInt64(pages.count - index)))
      pages.swapAt(index, other)
    }
    return pages[..<count].sorted()
  }
}

// MARK: Halves of a pass

extension ChurnReplay {
  private mutating func fill(
    _ memory: inout some ChurnMemory & ~Copyable, leaving usable: Int
  ) {
    isFull = false
    look(&memory, leaving: usable)
    // A recording may free as fast as it takes; what is full then is as full as it gets.
    let limit = pagesTaken + 16 * frames
    while !isFull, pagesTaken < limit {
      let before = pagesTaken
      start(&memory, leaving: usable)
      let end = 2 * pagesTaken - before
      while !isFull, pagesTaken < end {
        let program = Int(generator.next(upperBound: UInt64(running.count)))
        for _ in 0...generator.next(upperBound: 64) where !isFull {
          step(program, &memory, leaving: usable)
        }
      }
    }
  }

  private mutating func thin(
    _ memory: inout some ChurnMemory & ~Copyable, _ free: ClosedRange<Int>
  ) {
    pagesSinceLook = .max / 2
    while true {
      if pagesSinceLook >= lookInterval {
        look(&memory, leaving: 0)
        if freeFrames >= free.upperBound { return }
        if freeFrames >= free.lowerBound, unusable >= goal.unusable { return }
      }
      guard !objects.isEmpty else { break }
      drop(Int(generator.next(upperBound: UInt64(objects.count))), &memory)
    }
    look(&memory, leaving: 0)
  }

  /// Pages between two looks: a two thousandth of what shall be free.
  private var lookInterval: Int {
    max(1, Int((goal.free ?? churn.freeShare) * Double(frames)) / 2048)
  }

  private mutating func look(
    _ memory: inout some ChurnMemory & ~Copyable, leaving usable: Int
  ) {
    pagesSinceLook = 0
    let areas = memory.freeAreas()
    freeFrames = Int(areas.freeFrames)
    usableFrames = Int(areas.framesInBlocks(atLeast: Order.huge.index))
    if usableFrames <= usable {
      // The rest of the last block that was broken is taken, too, but no other one for it.
      let loose = Double(freeFrames - usableFrames)
      let wanted = goal.unusable * (goal.free ?? churn.freeShare) * Double(frames)
      isFull = isFull || loose <= wanted || usableFrames + Order.huge.frameCount <= usable
    }
  }
}

// MARK: Programs

extension ChurnReplay {
  /// A program starts in the midst of the recording; where there are too many, in place of the oldest.
  private mutating func start(
    _ memory: inout some ChurnMemory & ~Copyable, leaving usable: Int
  ) {
    programs += 1
    newest += 1
    let most = min(Int(2 * Double(frames) / churn.meanPages) + 1, RecordedChurn.mostPrograms)
    if newest == most { newest = 0 }
    let empty = [UInt32](repeating: Self.none, count: churn.objectCount)
    // Behind a step: after half of them or more, something is there.
    let position = 1 + Int(generator.next(upperBound: UInt64(churn.steps.count)))
    if newest < running.count {
      end(newest, &memory)
      running[newest].position = position
    } else {
      running.append(Program(position: position, objects: empty))
    }
    // The step with which each object came that is there at the moment.
    var comings = empty
    for (index, step) in churn.steps[..<position].enumerated() {
      comings[Int(step.object)] = step.pages > 0 ? UInt32(index) : Self.none
    }
    for index in comings.filter({ $0 != Self.none }).sorted() where !isFull {
      take(churn.steps[Int(index)], newest, &memory, leaving: usable)
    }
  }

  /// A program's next step.
  private mutating func step(
    _ program: Int, _ memory: inout some ChurnMemory & ~Copyable, leaving usable: Int
  ) {
    if running[program].position == churn.steps.count {
      end(program, &memory)
      running[program].position = 0
    }
    let step = churn.steps[running[program].position]
    running[program].position += 1
    let index = running[program].objects[Int(step.object)]
    if step.pages > 0 {
      // Never there: what came before has gone, by the recording or before its time.
      take(step, program, &memory, leaving: usable)
    } else if index != Self.none {
      drop(Int(index), &memory)
    }
  }

  /// All that a program has goes.
  private mutating func end(_ program: Int, _ memory: inout some ChurnMemory & ~Copyable) {
    for number in 0..<churn.objectCount {
      let index = running[program].objects[number]
      if index != Self.none { drop(Int(index), &memory) }
    }
  }

  private mutating func take(
    _ step: RecordedChurn.Step, _ program: Int, _ memory: inout some ChurnMemory & ~Copyable,
    leaving usable: Int
  ) {
    let pages = Int(step.pages)
    let place = places.take(pages: pages)
    guard place + pages <= Self.placeCount(frames: frames), memory.take(place..<place + pages)
    else {
      places.give(place, pages: pages)
      isFull = true
      return
    }
    running[program].objects[Int(step.object)] = UInt32(objects.count)
    objects.append(
      Object(place: place, pages: step.pages, program: UInt32(program), number: step.object))
    pagesTaken += pages
    pagesSinceLook += pages
    if pagesSinceLook >= lookInterval { look(&memory, leaving: usable) }
  }

  /// An object goes; the last of all takes its index.
  private mutating func drop(_ index: Int, _ memory: inout some ChurnMemory & ~Copyable) {
    let object = objects[index]
    let pages = Int(object.pages)
    memory.give(object.place..<object.place + pages)
    places.give(object.place, pages: pages)
    running[Int(object.program)].objects[Int(object.number)] = Self.none
    let last = objects.removeLast()
    if index < objects.count {
      objects[index] = last
      running[Int(last.program)].objects[Int(last.number)] = UInt32(index)
    }
    pagesSinceLook += pages
  }
}
