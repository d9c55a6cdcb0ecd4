import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

/// What one frame of a small world holds.
private enum Place: Int {
  case movable, pinned, free
}

@Suite("Machine: compaction of every small world")
struct SmallWorldTests {
  /// Pageblocks of two frames.
  static let order = Order(1)
  static let frameCount = 64

  static func configuration(_ allocator: MachineConfiguration.Allocator) -> MachineConfiguration {
    var configuration = MachineConfiguration(
      frameCount: frameCount, allocator: allocator, watermarks: Watermarks.none)
    configuration.compaction.compactionProactiveness = 0
    configuration.compaction.pageblockOrder = order
    return configuration
  }

  /// The last frames of a machine, by what they hold, and what two scanners make of them: the pages of
  /// every pageblock from below go, frame by frame, to the free frames of the pageblocks from above, those
  /// excepted that are wholly free, until there is none between them. The pageblock behind the one that
  /// the pages leave is no target either, as in Linux: the migration scanner stands at its start.
  private static func compacted(_ places: [Place]) -> [Place] {
    var places = places
    let size = order.frameCount
    let blocks = places.count / size
    var target = blocks - 1
    for source in 0..<blocks where source < target {
      for frame in source * size..<(source + 1) * size where places[frame] == .movable {
        var found: Int?
        while target > source + 1 {
          let block = places[target * size..<(target + 1) * size]
          if !block.allSatisfy({ $0 == .free }), let free = block.firstIndex(of: .free) {
            found = free
            break
          }
          target -= 1
        }
        guard let free = found else { return places }
        places[free] = .movable
        places[frame] = .free
      }
    }
    return places
  }

  @Test(
    "frames are what two scanners make of them, pinned ones stay, and bytes with them",
    arguments: [MachineConfiguration.Allocator.listBuddy, .rowBuddy])
  func everyPlacement(allocator: MachineConfiguration.Allocator) throws {
    // 59,049 worlds, each with a machine of its own; 12 frames would be 531,441 and 18 minutes.
    let window = isLong ? 10 : 8
    var worlds = 1
    for _ in 0..<window { worlds *= 3 }
    var moves = 0
    for number in 0..<worlds {
      var world = try PlacedPages.fill(Self.configuration(allocator))
      let frames = Array(world.frames.suffix(window))
      guard frames.last?.index == Self.frameCount - 1,
        frames.first?.index == Self.frameCount - window
      else { throw Errno.fault }
      var places: [Place] = []
      var rest = number
      for _ in 0..<window {
        places.append(Place(rawValue: rest % 3) ?? .free)
        rest /= 3
      }
      // All below stays where it is.
      for frame in world.frames where frame.index < Self.frameCount - window { world.pin(frame) }
      for (frame, place) in zip(frames, places) {
        switch place {
        case .movable: break
        case .pinned: world.pin(frame)
        case .free: try world.free(frame)
        }
      }
      moves += world.machine.compactMemory()
      let expected = Self.compacted(places)
      let free = frames.map { world.machine.memory.zone.allocator.isFree($0) }
      #expect(free == expected.map { $0 == .free }, "world \(number)")
      #expect(try world.isIntact(), "world \(number)")
    }
    #expect(moves > 0)
  }
}
