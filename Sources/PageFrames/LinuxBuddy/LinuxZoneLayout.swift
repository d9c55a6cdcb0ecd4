public import MemoryUnits

/// How physical memory is cut into zones and nodes, and which parts of it are contiguous-memory areas.
public struct LinuxZoneLayout: Hashable, Sendable {
  public struct Zone: Hashable, Sendable {
    public var kind: LinuxZoneKind
    public var node: Int
    public var frames: FrameRange

    public init(_ kind: LinuxZoneKind, node: Int = 0, frames: FrameRange) {
      self.kind = kind
      self.node = node
      self.frames = frames
    }
  }

  /// By address, without gap or overlap.
  public var zones: [Zone]
  /// Contiguous-memory areas, in whole pageblocks.
  public var cma: [FrameRange]

  public init(_ zones: [Zone], cma: [FrameRange] = []) {
    self.zones = zones
    self.cma = cma
  }

  /// One zone, Normal, on node 0.
  public init(single frames: FrameRange) {
    self.init([Zone(.normal, frames: frames)])
  }

  /// The zones of a PC: DMA to 16 MiB, DMA32 to 4 GiB, Normal above, the last part of it Movable; two
  /// nodes share the memory above 4 GiB by halves.
  ///
  /// - Parameter movable: frames of zone Movable, taken from the top (movablecore).
  /// - Parameter nodes: 1 or 2.
  public static func pc(_ frames: FrameRange, movable: Int = 0, nodes: Int = 1) -> LinuxZoneLayout {
    let start = frames.start.index
    let end = start + frames.count
    let movableStart = max(start, (end - movable) & -1024)
    var cuts: [(LinuxZoneKind, Int, Int)] = [
      (.dma, 0, 4096), (.dma32, 0, 1 << 20), (.normal, 0, end),
    ]
    if nodes == 2 {
      let middle = (max(start, 1 << 20) + end) / 2 & -1024
      cuts[2].2 = middle
      cuts.append((.normal, 1, end))
    }
    if movable > 0 {
      for index in cuts.indices { cuts[index].2 = min(cuts[index].2, movableStart) }
      cuts.append((.movable, nodes - 1, end))
    }
    var zones: [Zone] = []
    var place = start
    for (kind, node, limit) in cuts where min(limit, end) > place {
      let next = min(limit, end)
      zones.append(
        Zone(kind, node: node, frames: FrameRange(start: FrameNumber(place), count: next - place)))
      place = next
    }
    return LinuxZoneLayout(zones)
  }

  public var nodeCount: Int { (zones.map { $0.node }.max() ?? 0) + 1 }

  /// Zones in which a request of a node that may go up to `highest` looks, in order: the node's own
  /// from the highest down, then those of the other nodes (`build_zonelists`).
  func zonelist(node: Int, highest: LinuxZoneKind) -> [Int] {
    zones.indices.filter { zones[$0].kind <= highest }.sorted {
      let left = ((zones[$0].node - node + nodeCount) % nodeCount, -Int(zones[$0].kind.rawValue))
      let right = ((zones[$1].node - node + nodeCount) % nodeCount, -Int(zones[$1].kind.rawValue))
      return left < right
    }
  }

  /// Frames of zone `index` that requests which may go up to `highest` leave alone: managed frames of
  /// the node's zones above it up to `highest`, over the zone's ratio
  /// (`setup_per_zone_lowmem_reserve`).
  func lowmemReserve(_ index: Int, highest: LinuxZoneKind) -> Int {
    let zone = zones[index]
    guard zone.kind.reserveRatio > 0 else { return 0 }
    let above = zones.reduce(0) { sum, other in
      let counts = other.node == zone.node && other.kind > zone.kind && other.kind <= highest
      return counts ? sum + other.frames.count : sum
    }
    return above / zone.kind.reserveRatio
  }

  /// Ends the process unless the zones tile `range` and areas are whole pageblocks inside it.
  func check(tiling range: FrameRange, pageblock: Int) {
    var place = range.start.index
    for zone in zones {
      guard zone.frames.start.index == place, zone.frames.count > 0, (0..<8).contains(zone.node)
      else { frameFault("zones with a gap", frame: place, order: 0) }
      place += zone.frames.count
    }
    guard place == range.start.index + range.count, zones.count < 16 else {
      frameFault("zones beyond the range", frame: place, order: 0)
    }
    for area in cma {
      guard range.contains(area), area.start.index % pageblock == 0, area.count % pageblock == 0
      else {
        frameFault("an area that is not whole pageblocks", frame: area.start.index, order: 0)
      }
    }
  }
}
