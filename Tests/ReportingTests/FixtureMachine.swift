import Fragmentation
import MemoryUnits
import Results

/// A small machine for the tests of reports: objects of 1 to 64 pages come and go at seeded times,
/// placed by one of two rules. Its samples and frame maps have the shape of real ones, and every
/// figure is counted from its frames.
struct FixtureMachine {
  enum Placement {
    /// The lowest free run that fits.
    case lowest
    /// The first free run that fits from a random frame on.
    case scattered
  }

  static let classes: [FrameState] = [.movable, .movable, .movable, .slab, .unmovable]

  let placement: Placement
  private var generator: SplitMix64
  private(set) var states: [UInt8]
  private(set) var owners: [UInt8]
  /// No frame below is free.
  private var lowestFree = 0
  private var objects = [(start: Int, pages: Int)]()

  init(frames: Int, placement: Placement, seed: UInt64) {
    self.placement = placement
    generator = SplitMix64(seed: seed)
    states = [UInt8](repeating: FrameState.free.rawValue, count: frames)
    owners = [UInt8](repeating: 0, count: frames)
  }

  private func fits(_ start: Int, _ pages: Int) -> Bool {
    start + pages <= states.count
      && states[start..<start + pages].allSatisfy { $0 == FrameState.free.rawValue }
  }

  mutating func allocate() {
    let pages = 1 << Int(generator.next(upperBound: 7))
    var place =
      placement == .lowest ? lowestFree : Int(generator.next(upperBound: UInt64(states.count)))
    var tried = 0
    while tried < states.count, !fits(place, pages) {
      place = (place + 1) % states.count
      tried += 1
    }
    guard tried < states.count else { return }
    if placement == .lowest, pages == 1 { lowestFree = place }
    let state = Self.classes[Int(generator.next(upperBound: UInt64(Self.classes.count)))]
    let owner = UInt8(1 + generator.next(upperBound: 3))
    for frame in place..<place + pages {
      states[frame] = state.rawValue
      owners[frame] = owner
    }
    objects.append((place, pages))
  }

  mutating func free() {
    guard !objects.isEmpty else { return }
    let object = objects.remove(at: Int(generator.next(upperBound: UInt64(objects.count))))
    lowestFree = min(lowestFree, object.start)
    for frame in object.start..<object.start + object.pages {
      states[frame] = FrameState.free.rawValue
      owners[frame] = 0
    }
  }

  /// Free blocks by order, as a buddy system with full coalescing would have them.
  var freeAreas: FreeAreas {
    var blocks = [UInt64](repeating: 0, count: Order.allocatorCount)
    var frame = 0
    while frame < states.count {
      guard states[frame] == FrameState.free.rawValue else {
        frame += 1
        continue
      }
      var order = 0
      while order < 10, frame % (2 << order) == 0, fits(frame, 2 << order) { order += 1 }
      blocks[order] += 1
      frame += 1 << order
    }
    return FreeAreas(blocks: blocks)
  }

  func sample(timeNs: UInt64) -> Sample {
    let pages = objects.reduce(0) { $0 + $1.pages }
    // Each object asks for 100 bytes less than its pages.
    var sample = Sample(
      timeNs: timeNs, liveBytes: UInt64(pages * 4096 - objects.count * 100),
      heldBytes: UInt64(pages * 4096))
    let areas = freeAreas
    sample.freeAreas = areas
    sample.freeHugeBlocks = areas.blocks[9] + 2 * areas.blocks[10]
    let used = UInt64(
      stride(from: 0, to: states.count, by: 512).count { start in
        states[start..<min(start + 512, states.count)].contains {
          $0 != FrameState.free.rawValue
        }
      })
    sample.usedBlocks = used
    // The fixture's programs see their memory as it lies in the machine.
    sample.liveBlocks = used
    return sample
  }
}
