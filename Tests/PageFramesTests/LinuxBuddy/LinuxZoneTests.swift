import MemoryUnits
import PageFrames
import Testing

@Suite("LinuxBuddy: zones, nodes, policies by name")
struct LinuxZoneTests {
  /// 8 GiB on a PC: DMA, DMA32, Normal, 1 GiB of it Movable.
  static let frames = FrameRange(start: FrameNumber(0), count: 1 << 21)

  @Test("lowmem_reserve is what lies above by 256, 256, 32")
  func reserves() {
    let layout = LinuxZoneLayout.pc(Self.frames, movable: 1 << 18)
    #expect(layout.zones.map(\.kind) == [.dma, .dma32, .normal, .movable])
    let buddy = linuxBuddy(1 << 21, .linux618, layout: layout, watermarks: nil)
    let managed = (0..<4).map { buddy.zoneState($0).managed }
    #expect(managed == [4096, (1 << 20) - 4096, (1 << 20) - (1 << 18), 1 << 18])
    let above = managed[1] + managed[2]
    #expect(
      buddy.zoneState(0).lowmemReserve
        == [0, managed[1] / 256, above / 256, (above + managed[3]) / 256])
    #expect(
      buddy.zoneState(1).lowmemReserve == [0, 0, managed[2] / 256, (managed[2] + managed[3]) / 256])
    #expect(buddy.zoneState(2).lowmemReserve == [0, 0, 0, managed[3] / 32])
    #expect(buddy.zoneState(3).lowmemReserve == [0, 0, 0, 0])
  }

  @Test("movable frames come from Movable first, others never; DMA is left alone longest")
  func zonelists() {
    let layout = LinuxZoneLayout.pc(Self.frames, movable: 1 << 18)
    var buddy = linuxBuddy(1 << 21, .linux618, layout: layout)
    let movable = layout.zones[3].frames
    var used = [0, 0, 0, 0]
    for _ in 0..<512 {
      for frameClass in [FrameClass.movable, .unmovable] {
        let request = FrameRequest(.maximum, frameClass)
        guard let frame = buddy.allocate(request) else { continue }
        #expect(frameClass == .movable || !movable.contains(frame))
        used[layout.zones.firstIndex { $0.frames.contains(frame) } ?? 0] += 1
      }
    }
    #expect(used == [0, 0, 768 - (512 - 256), 256] || used[3] == 256 && used[0] == 0)
    let low = FrameRequest(.base, .unmovable, zone: .dma)
    expect(buddy.allocate(low).map { $0.index < 4096 } == true)
    buddy.validate()
  }

  @Test("no block reaches across zones, and every frame comes back")
  func edges() {
    let layout = LinuxZoneLayout([
      .init(.dma32, frames: FrameRange(start: FrameNumber(0), count: 24)),
      .init(.normal, frames: FrameRange(start: FrameNumber(24), count: 40)),
    ])
    for policy in [LinuxPolicy.linux66, .linux612, .linux618] {
      var buddy = linuxBuddy(64, policy.small(3), layout: layout)
      expect(buddy.fill(.base, .movable) == 64)
      for frame in 0..<64 { buddy.free(FrameNumber(frame), .base, core: 0) }
      buddy.validate()
      #expect(buddy.freeBlocksByOrder().prefix(6) == [0, 0, 0, 2, 1, 1])
    }
  }

  @Test("a core takes from its own node first, then from the other")
  func nodes() {
    let layout = LinuxZoneLayout.pc(Self.frames, nodes: 2)
    #expect(layout.zones.map(\.node) == [0, 0, 0, 1] && layout.nodeCount == 2)
    var buddy = linuxBuddy(1 << 21, .linux618, cores: 2, layout: layout)
    let last = layout.zones[3].frames
    expect(buddy.allocate(.base, .movable, core: 1).map { last.contains($0) } == true)
    expect(buddy.allocate(.base, .movable, core: 0).map { !last.contains($0) } == true)
    var count = 0
    while let frame = buddy.allocate(.maximum, .movable, core: 1), last.contains(frame) {
      count += 1
    }
    // One 4 MiB block of the node is cut by the first request.
    #expect(count == last.count / 1024 - 1)
    buddy.validate()
  }

  @Test("policies are read by name, and what is wrong is said in one line")
  func names() throws {
    #expect(try LinuxPolicy("linux-6.6") == .linux66)
    let policy = try LinuxPolicy("linux-6.18,defrag_mode=1,pcp=false,watermark_boost_factor=0")
    #expect(policy.defragMode && !policy.pcp && policy.watermarkBoostFactor == 0)
    for (text, message) in [
      (
        "linux-5.4",
        "no policy linux-5.4; there are linux-6.6, linux-6.12, linux-6.18, contiguitas, superpageblocks"
      ),
      ("linux-6.18,superpageblock_order=9", "superpageblock_order is 0, or 10...18, not 9"),
      ("linux-6.6,pcp", "expected NAME=VALUE in a policy, not pcp"),
      ("linux-6.6,pcp=2", "pcp is false, true, not 2"),
      (
        "linux-6.6,fallback=x",
        "fallback is moves-pages, largest-first, claim-then-steal, steal, not x"
      ),
    ] {
      let error = #expect(throws: LinuxPolicyError.self) { _ = try LinuxPolicy(text) }
      #expect(error?.description == message)
    }
    #expect(try LinuxPolicy("linux-6.18,unmovable_region=5") == .contiguitas)
    let small = try LinuxPolicy("superpageblocks,superpageblock_order=12")
    #expect(small.superpageblockOrder == 12)
    for (name, policy) in LinuxPolicy.named { #expect(policy.text == name) }
    #expect(try LinuxPolicy(small.text) == small)
    #expect(Set(LinuxPolicy.parameters.map(\.name)).count == LinuxPolicy.parameters.count)
    for parameter in LinuxPolicy.parameters {
      var policy = LinuxPolicy()
      try policy.set(parameter.name, to: parameter.defaultValue)
      #expect(policy == LinuxPolicy(), "\(parameter.name)")
    }
  }
}
