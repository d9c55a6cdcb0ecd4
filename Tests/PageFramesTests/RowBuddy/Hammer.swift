import Foundation
import MemoryUnits
import PageFrames

/// Real threads on one small allocator: all orders, frees of what other cores allocated, frees of
/// parts, drains, exact ranges, exhaustion. After each round everything is quiet and looked at.
struct Hammer {
  var seed: UInt64
  var threads = 4
  var rounds = 4
  var steps = 3000
  var range = FrameRange(start: FrameNumber(700), count: 5000)

  /// What went wrong, or nil.
  func failure<Allocator: SharedFrameAllocator & ~Copyable>(
    _ make: (FrameRange, Int) -> Allocator
  ) -> String? {
    let shared = Shared(make(range, threads))
    let map = OwnershipMap(range)
    let players = (0..<threads).map { HammerPlayer(shared, map, thread: $0, hammer: self) }
    for round in 0..<rounds {
      let done = DispatchSemaphore(value: 0)
      for player in players {
        // The last round gives everything back.
        let last = round == rounds - 1
        Thread.detachNewThread {
          player.play(players, steps: steps)
          if last { player.giveAllBack() }
          done.signal()
        }
      }
      for _ in players { done.wait() }
      // What was sent to a thread that had ended already.
      if round == rounds - 1 { for player in players { player.giveAllBack() } }
      let place = "seed \(seed), round \(round)"
      if let frame = map.firstWrongFrame { return "\(place): frame \(frame) has two owners" }
      let free = shared.allocator.freeFrames
      guard free == range.count - map.takenFrames else {
        return "\(place): \(free) frames free, \(map.takenFrames) taken"
      }
      shared.allocator.validate()
    }
    for core in 0..<threads { shared.allocator.drain(core: core) }
    guard shared.allocator.heldFrames == 0, shared.allocator.freeFrames == range.count else {
      return "seed \(seed): \(shared.allocator.freeFrames) frames free at the end"
    }
    var blocks: [Int: Int] = [:]
    shared.allocator.forEachFreeBlock { blocks[$0.index] = $1.index }
    return blocks == FrameModel(range).freeBlocks ? nil : "seed \(seed): memory is not whole"
  }
}

/// One thread of a hammer; its core id is its number.
final class HammerPlayer<Allocator: SharedFrameAllocator & ~Copyable>: @unchecked Sendable {
  private let shared: Shared<Allocator>
  private let map: OwnershipMap
  private let thread: Int
  private let hammer: Hammer
  private var generator: SplitMix64
  private var live: [(FrameNumber, Order)] = []
  /// What other threads want this one to free.
  private let mail = Locked<[(FrameNumber, Order)]>([])

  init(_ shared: Shared<Allocator>, _ map: OwnershipMap, thread: Int, hammer: Hammer) {
    self.shared = shared
    self.map = map
    self.thread = thread
    self.hammer = hammer
    generator = SplitMix64(seed: hammer.seed &* 997 &+ UInt64(thread))
  }

  private var owner: UInt8 { UInt8(thread + 1) }
  private func draw(_ bound: Int) -> Int { Int(generator.next(upperBound: UInt64(bound))) }

  func play(_ players: [HammerPlayer], steps: Int) {
    // Some phases fill memory up to exhaustion, others empty it.
    for step in 0..<steps {
      let growing = (step / 300 + thread) % 2 == 0
      switch draw(200) {
      case 0: shared.allocator.drain(core: draw(hammer.threads))
      case 1: claim()
      case 2: release()
      case ..<(growing ? 140 : 70): allocate()
      case ..<180: free()
      default: send(to: players[draw(players.count)])
      }
    }
  }

  private func allocate() {
    // Each order is half as frequent as the one below.
    let order = Order(min(10, generator.next().trailingZeroBitCount))
    let frameClass = FrameClass.allCases[draw(4) % 3]
    guard let frame = shared.allocator.allocate(order, frameClass, core: thread) else { return }
    map.take(FrameRange(block: frame, order), owner: owner)
    live.append((frame, order))
  }

  private func free() {
    let received = mail.withLock { $0.popLast() }
    if let (frame, order) = received {
      give(frame, order)
    } else if !live.isEmpty {
      live.swapAt(draw(live.count), live.count - 1)
      var (frame, order) = live.removeLast()
      // A part of it: the other half stays live.
      while order > .base, draw(4) == 0 {
        order = Order(order.index - 1)
        live.append((frame.buddy(order), order))
      }
      give(frame, order)
    }
  }

  private func give(_ frame: FrameNumber, _ order: Order) {
    map.give(FrameRange(block: frame, order), owner: owner)
    shared.allocator.free(frame, order, core: thread)
  }

  private func send(to other: HammerPlayer) {
    guard let (frame, order) = live.popLast() else { return }
    map.give(FrameRange(block: frame, order), owner: owner)
    map.take(FrameRange(block: frame, order), owner: other.owner)
    other.mail.withLock { $0.append((frame, order)) }
  }

  private func claim() {
    let first = hammer.range.start.index + draw(hammer.range.count)
    let count = min(1 + draw(600), hammer.range.end.index - first)
    let frames = FrameRange(start: FrameNumber(first), count: count)
    guard shared.allocator.claim(frames) else { return }
    map.take(frames, owner: owner)
    FrameModel.cut(first..<first + count) { live.append((FrameNumber($0), Order($1))) }
  }

  private func release() {
    guard let (frame, order) = live.popLast() else { return }
    map.give(FrameRange(block: frame, order), owner: owner)
    shared.allocator.release(FrameRange(block: frame, order))
  }

  func giveAllBack() {
    live += mail.withLock { mail in
      defer { mail = [] }
      return mail
    }
    for (frame, order) in live { give(frame, order) }
    live = []
  }
}
