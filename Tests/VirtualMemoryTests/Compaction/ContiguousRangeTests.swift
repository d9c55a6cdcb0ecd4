import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

@Suite("Machine: contiguous ranges")
struct ContiguousRangeTests {
  static func configuration(
    _ allocator: MachineConfiguration.Allocator, frames: Int = 2048
  ) -> MachineConfiguration {
    MachineConfiguration(
      frameCount: frames, allocator: allocator, watermarks: Watermarks(min: 8, low: 10, high: 12))
  }

  @Test(
    "pages move out of the range, which is one block then and can be given back",
    arguments: MachineConfiguration.Allocator.allCases)
  func claims(allocator: MachineConfiguration.Allocator) throws {
    var world = try PlacedPages.fill(Self.configuration(allocator))
    for frame in world.frames where frame.index % 3 != 0 { try world.free(frame) }
    let range = FrameRange(start: FrameNumber(1024), count: 512)
    let free = world.machine.memory.freeFrames
    let inside = (1024..<1536).count { world.machine.memory.zone.allocator.isFree(FrameNumber($0)) }
    #expect(world.machine.allocateContiguous(range) == .claimed)
    #expect(world.machine.memory.freeFrames == free - 512)
    #expect(world.machine.counters.pgmigrateSuccess == UInt64(512 - inside))
    world.machine.memory.release(range)
    #expect(
      (world.machine.memory.zone.allocator.freeBlock(containing: FrameNumber(1024)) ?? .base)
        >= .huge)
    #expect(try world.isIntact())
  }

  @Test(
    "a pinned frame is named, and nothing is taken",
    arguments: MachineConfiguration.Allocator.allCases)
  func blocked(allocator: MachineConfiguration.Allocator) throws {
    var world = try PlacedPages.fill(Self.configuration(allocator))
    for frame in world.frames where frame.index % 2 == 0 { try world.free(frame) }
    let free = world.machine.memory.freeFrames
    let pin = FrameNumber(1301)
    world.pin(pin)
    let range = FrameRange(start: FrameNumber(1024), count: 512)
    #expect(world.machine.allocateContiguous(range) == .blocked(pin, .busy))
    #expect(world.machine.memory.freeFrames == free)
    #expect(try world.isIntact())
  }

  @Test("a frame of the kernel is named, and a want of frames to move to")
  func unmovable() throws {
    var world = try PlacedPages.fill(Self.configuration(.listBuddy))
    for frame in world.frames where frame.index % 16 == 0 { try world.free(frame) }
    guard
      case .blocked(_, .unmovable) = world.machine.allocateContiguous(
        FrameRange(start: FrameNumber(0), count: 512))
    else { throw Errno.fault }
    guard
      case .blocked(_, .noFrame) = world.machine.allocateContiguous(
        FrameRange(start: FrameNumber(1024), count: 512))
    else { throw Errno.fault }
    #expect(try world.isIntact())
  }

  @Test("what cannot be moved is reclaimed")
  func reclaims() throws {
    var configuration = Self.configuration(.listBuddy)
    configuration.swapPages = 2000
    var world = try PlacedPages.fill(configuration)
    for frame in world.frames where frame.index % 16 == 0 { try world.free(frame) }
    #expect(
      world.machine.allocateContiguous(FrameRange(start: FrameNumber(1024), count: 512))
        == .claimed)
    #expect(world.machine.counters.pswpout > 0)
    world.machine.memory.release(FrameRange(start: FrameNumber(1024), count: 512))
    #expect(try world.isIntact())
  }
}
