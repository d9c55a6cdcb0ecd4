import Foundation
import Fragmentation
import LinuxHost
import MemoryUnits
import Snapshots
import Testing
import TraceFormats

/// A host of two zones, whose frames a test chooses.
private struct SmallHost: HostView {
  var texts: [String: String] = [:]
  var flags: [UInt64]?

  func bytes(of path: String, from offset: UInt64, count: Int) throws(HostFileError) -> [UInt8] {
    let all: [UInt8]
    if path == "/proc/kpageflags" {
      guard let flags else { throw HostFileError(path: path, code: EACCES) }
      all = flags.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> (8 * $0)) } }
    } else {
      guard let text = texts[path] else { throw HostFileError(path: path, code: ENOENT) }
      all = Array(text.utf8)
    }
    return Array(all.dropFirst(Int(offset)).prefix(count))
  }

  func exists(_ path: String) -> Bool { texts[path] != nil }
  func names(in folder: String) -> [String] { [] }
  func freeBytes(at path: String) -> ByteCount? { nil }

  static let zoneinfo = """
    Node 0, zone    DMA32
      per-node stats
          nr_inactive_anon 75624
      pages free     3
            boost    0
            min      4
            low      6
            high     8
            promo    10
            spanned  1023
            present  1000
            managed  900
            protection: (0, 0, 0)
          nr_free_pages 3
      pagesets
        cpu: 0
                  count:    5
                  high:     10
                  batch:    1
        cpu: 1
                  count:    2
      node_unreclaimable:  0
      start_pfn:           1
    Node 0, zone   Normal
      pages free     512
            min      1
            low      2
            spanned  1024
            managed  1024
      pagesets
        cpu: 0
                  count:    0
      start_pfn:           1024
    Node 0, zone  Movable
      pages free     0
            min      32
            spanned  0
            managed  0
    """
  static let buddyinfo = """
    Node 0, zone    DMA32      3      0      0      0      0      0      0      0      0      0      0
    Node 0, zone   Normal      0      0      0      0      0      0      0      0      0      1      0
    """

  init() {
    texts = ["/proc/zoneinfo": Self.zoneinfo, "/proc/buddyinfo": Self.buddyinfo]
  }
}

@Suite("The frames of a live host")
struct HostSnapshotTests {
  private static let bits: [(UInt64, FrameState)] = [
    (1 << 20, .reserved), (1 << 32, .reserved), (1 << 10, .free), (1 << 7, .slab),
    (1 << 26, .pageTable), (1 << 5 | 1 << 12 | 1 << 14, .movable), (1 << 5 | 1 << 2, .cleanFile),
    (1 << 5 | 1 << 4, .fileCache), (1 << 5 | 1 << 8, .fileCache), (1 << 5 | 1 << 18, .fileCache),
    (1 << 5 | 1 << 14, .movable), (0, .unknown), (1 << 15, .unmovable), (1 << 16, .unmovable),
    (1 << 24 | 1 << 22, .reserved), (1 << 11, .unmovable), (1 << 12 | 1 << 11, .movable),
  ]

  @Test("are told by their flags; 2 MiB pages by their whole run")
  func flags() throws {
    var host = SmallHost()
    var flags = [UInt64](repeating: 1 << 5 | 1 << 12, count: 2048)
    for (index, bit) in Self.bits.enumerated() { flags[index + 1] = bit.0 }
    let huge: UInt64 = 1 << 5 | 1 << 12 | 1 << 22
    for frame in 1024..<1536 { flags[frame] = huge | (frame == 1024 ? 1 << 15 : 1 << 16) }
    // Large, but in two parts.
    for frame in 512..<1024 { flags[frame] = huge | (frame % 256 == 0 ? 1 << 15 : 1 << 16) }
    host.flags = Array(flags[..<1900])
    let snapshot = try HostSnapshot.read(host)
    #expect(snapshot.zones.map(\.name) == ["DMA32", "Normal"], "a zone without frames is left out")
    let low = snapshot.zones[0]
    #expect(low.start == FrameNumber(1) && low.states.count == 1023)
    for (index, bit) in Self.bits.enumerated() {
      #expect(low.states[index] == bit.1.rawValue, "flags \(String(bit.0, radix: 16))")
    }
    #expect(low.states[511...].allSatisfy { $0 == FrameState.movable.rawValue })
    #expect(low.watermarkMin == 4 && low.watermarkLow == 6 && low.heldFrames == 7)
    #expect(low.freeBlocks == [3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
    let normal = snapshot.zones[1].states
    #expect(normal[..<512].allSatisfy { $0 == FrameState.hugePage.rawValue })
    #expect(normal[512] == FrameState.movable.rawValue)
    #expect(
      normal[876...].allSatisfy { $0 == FrameState.reserved.rawValue }, "behind the last frame")
  }

  @Test("that may not be read leave the free lists, and the reason")
  func denied() throws {
    let snapshot = try HostSnapshot.read(SmallHost())
    #expect(snapshot.zones.allSatisfy { $0.states.isEmpty })
    #expect(snapshot.caveats.first?.contains("/proc/kpageflags needs root") == true)
    let answer = Availability(snapshot)
    #expect(answer[.huge]?.now == 1 && answer[.huge]?.afterCompaction == nil)
    #expect(answer[.gigantic] == nil && answer.total?.freeFrames == 515)
  }

  @Test("cannot be had without /proc/zoneinfo")
  func absent() {
    var host = SmallHost()
    host.texts = [:]
    #expect(throws: HostFileError.self) { try HostSnapshot.read(host) }
  }

  private static let canRead =
    (try? LiveHost().bytes(of: "/proc/kpageflags", from: 0, count: 8)) != nil

  @Test(
    "of this host are as many free ones as its free lists say, within what changes meanwhile",
    .enabled(if: canRead, "needs /proc/kpageflags"))
  func live() throws {
    let snapshot = try HostSnapshot.read()
    let answer = Availability(snapshot)
    #expect(!answer.zones.isEmpty)
    for (zone, found) in zip(snapshot.zones, answer.zones) {
      let areas = FreeAreas(blocks: zone.freeBlocks ?? [])
      let most = areas.freeFrames / 4 + 65_536
      #expect(
        max(found.freeFrames, areas.freeFrames) - min(found.freeFrames, areas.freeFrames) < most,
        "\(zone.name): \(found.freeFrames) free frames by flags, \(areas.freeFrames) by lists")
      for order in found.orders {
        let compacted = try #require(order.afterCompaction)
        #expect(try #require(order.now) <= compacted.low && compacted.low <= compacted.high)
        #expect(order.moves?.blocks == compacted.low)
        #expect(try #require(order.attainable).low <= compacted.low)
        #expect(try #require(order.afterReclaim) >= (order.now ?? 0) + (order.held ?? 0))
      }
    }
  }
}
