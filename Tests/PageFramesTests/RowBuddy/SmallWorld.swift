import MemoryUnits
import PageFrames

/// One or two pairs of blocks (now and then 33) of which nearly all is taken, two or three threads,
/// and a few calls of each: small enough that every answer can be explained, full enough that threads
/// meet.
struct SmallWorld {
  let seed: UInt64
  let range: Range<Int>
  let threads: Int
  /// What is free at the start, and what each thread may free, as (first frame, order).
  private var free: [(Int, Int)] = []
  private var bags: [[(Int, Int)]]
  private let callsPerThread: Int

  var coreCount: Int { threads }

  init(seed: UInt64) {
    self.seed = seed
    var generator = SplitMix64(seed: seed)
    func draw(_ bound: Int) -> Int { Int(generator.next(upperBound: UInt64(bound))) }
    // A few are wide: with 66 blocks the sets have two levels, and all that happens is in the second
    // word of the first one.
    let isWide = draw(6) == 0
    let pairs = isWide ? 33 : 1 + draw(2)
    // Now and then the range starts and ends at odd frames.
    let odd = draw(4) == 0
    let start = 2048 + (odd ? draw(600) : 0)
    range = start..<2048 + pairs * 1024 - (odd ? draw(300) : 0)
    threads = 2 + draw(2)
    callsPerThread = 2 + draw(3)
    bags = Array(repeating: [], count: threads)
    var used = FreeFrames(range, free: false)
    let focus = isWide ? range.upperBound - 1 - draw(700) : start + draw(range.count)
    let orders = [[0], [0, 0, 1, 2], [0, 3, 6, 7, 8], [0, 8, 9, 9, 10], [9, 9, 10]][draw(5)]
    for _ in 0..<threads * 3 + draw(8) {
      let order = orders[draw(orders.count)]
      let far = isWide ? range.upperBound - 1 - draw(1000) : start + draw(range.count)
      let near = draw(3) == 0 ? far : focus + draw(64) - 32
      let frame = near & -(1 << order)
      let frames = frame..<frame + 1 << order
      guard used.all(frames, free: false) else { continue }
      used.set(frames, free: true)
      let owner = draw(threads + 1)
      if owner < threads { bags[owner].append((frame, order)) } else { free.append((frame, order)) }
    }
    // Often all else around is free, so that blocks become whole by the last free.
    if draw(2) == 0 { freeRest(of: focus & -512..<(focus & -512) + 512, &used) }
    if draw(4) == 0 { freeRest(of: focus & -1024..<(focus & -1024) + 1024, &used) }
  }

  /// Makes what nobody has of some frames free at the start.
  private mutating func freeRest(of frames: Range<Int>, _ used: inout FreeFrames) {
    var frame = max(frames.lowerBound, range.lowerBound)
    let end = min(frames.upperBound, range.upperBound)
    while frame < end {
      var next = frame
      while next < end, used.all(next..<next + 1, free: false) { next += 1 }
      FrameModel.cut(frame..<next) { free.append(($0, $1)) }
      if next > frame { used.set(frame..<next, free: true) }
      frame = max(next, frame + 1)
    }
  }

  /// What went wrong, or nil.
  func failure<Allocator: SharedFrameAllocator & ~Copyable>(
    _ make: (FrameRange, Int, ScheduledSteps) -> Allocator
  ) -> String? {
    let scheduler = SeededScheduler(seed: seed)
    let frames = FrameRange(start: FrameNumber(range.lowerBound), count: range.count)
    let shared = Shared(make(frames, coreCount, ScheduledSteps(scheduler: scheduler)))
    let start = setUp(shared.allocator)
    let players = (0..<threads).map { thread in
      SmallWorldPlayer(
        shared, scheduler, thread: thread, threads: threads, bag: bags[thread],
        count: callsPerThread, seed: seed)
    }
    scheduler.run(players.map { player in { player.play() } })
    let calls = players.flatMap { $0.calls }.sorted { $0.began < $1.began }
    let history = SharedHistory(start: start, calls: calls)
    guard history.isLinearizable() else {
      return "seed \(seed): no order explains \(calls.map(\.description).joined(separator: "; "))"
    }
    shared.allocator.validate()
    // Frames come and go in turn, so that the balance alone says what is free at the end.
    let balance = calls.reduce(0) { sum, call in
      switch call.kind {
      case .allocate, .claim: sum - (call.frames?.count ?? 0)
      default: sum + (call.frames?.count ?? 0)
      }
    }
    guard shared.allocator.freeFrames == start.count + balance else {
      return "seed \(seed): \(shared.allocator.freeFrames) frames free at the end"
    }
    return nil
  }

  /// Brings the allocator into the start state; every core gets blocks and free frames into its hands.
  private func setUp<Allocator: SharedFrameAllocator & ~Copyable>(
    _ allocator: borrowing Allocator
  ) -> FreeFrames {
    var state = FreeFrames(range, free: false)
    let claimed = allocator.claim(
      FrameRange(start: FrameNumber(range.lowerBound), count: range.count))
    precondition(claimed, "seed \(seed): nothing was allocated")
    var generator = SplitMix64(seed: seed &+ 77)
    for (frame, order) in free {
      let core = Int(generator.next(upperBound: UInt64(coreCount)))
      allocator.free(FrameNumber(frame), Order(order), core: core)
      state.set(frame..<frame + 1 << order, free: true)
    }
    for core in 0..<coreCount where generator.next(upperBound: 3) != 0 {
      let order = Order([0, 0, 0, 1, 3][Int(generator.next(upperBound: 5))])
      if let frame = allocator.allocate(order, .movable, core: core) {
        allocator.free(frame, order, core: core)
      }
    }
    return state
  }
}

/// One thread of a small world.
final class SmallWorldPlayer<Allocator: SharedFrameAllocator & ~Copyable>: @unchecked Sendable {
  private let shared: Shared<Allocator>
  private let scheduler: SeededScheduler
  private let thread: Int
  private let threads: Int
  private var bag: [(Int, Int)]
  private let count: Int
  private var generator: SplitMix64
  private(set) var calls: [SharedCall] = []

  init(
    _ shared: Shared<Allocator>, _ scheduler: SeededScheduler, thread: Int, threads: Int,
    bag: [(Int, Int)], count: Int, seed: UInt64
  ) {
    self.shared = shared
    self.scheduler = scheduler
    self.thread = thread
    self.threads = threads
    self.bag = bag
    self.count = count
    generator = SplitMix64(seed: seed &* 31 &+ UInt64(thread))
  }

  private func draw(_ bound: Int) -> Int { Int(generator.next(upperBound: UInt64(bound))) }

  func play() {
    for _ in 0..<count {
      switch draw(16) {
      case ..<7: allocate([0, 0, 0, 0, 1, 2, 3, 6, 7, 8, 9, 9, 10][draw(13)])
      case ..<13: free()
      case 13: claim()
      case 14: release()
      default:
        let core = draw(threads)
        call(.drain(core)) {
          shared.allocator.drain(core: core)
          return nil
        }
      }
    }
  }

  @discardableResult
  private func call(_ kind: SharedCall.Kind, _ body: () -> Int?) -> Int? {
    calls.append(SharedCall(thread: thread, kind: kind, began: scheduler.now()))
    scheduler.step(waiting: false)
    let result = body()
    calls[calls.count - 1].result = result
    calls[calls.count - 1].ended = scheduler.now()
    scheduler.step(waiting: false)
    return result
  }

  private func allocate(_ order: Int) {
    let frameClass: FrameClass = draw(4) == 0 ? .unmovable : .movable
    let frame = call(.allocate(order)) {
      shared.allocator.allocate(Order(order), frameClass, core: thread)?.index
    }
    if let frame { bag.append((frame, order)) }
  }

  private func free() {
    guard !bag.isEmpty else { return allocate(0) }
    var (frame, order) = bag.remove(at: draw(bag.count))
    // A part of it: the other halves stay live.
    while order > 0, draw(3) == 0 {
      order -= 1
      if draw(2) == 0 {
        bag.append((frame + 1 << order, order))
      } else {
        bag.append((frame, order))
        frame += 1 << order
      }
    }
    call(.free(frame, order)) {
      shared.allocator.free(FrameNumber(frame), Order(order), core: thread)
      return nil
    }
  }

  private func claim() {
    let range = shared.allocator.range
    let first = range.start.index + draw(range.count)
    let frames = first..<min(first + 1 + draw(3), range.end.index)
    let claimed = call(.claim(frames)) {
      shared.allocator.claim(FrameRange(start: FrameNumber(first), count: frames.count)) ? 1 : nil
    }
    if claimed != nil { bag += frames.map { ($0, 0) } }
  }

  private func release() {
    guard let (frame, order) = bag.popLast() else { return allocate(0) }
    call(.release(frame..<frame + 1 << order)) {
      shared.allocator.release(FrameRange(block: FrameNumber(frame), Order(order)))
      return nil
    }
  }
}
