import MemoryUnits

/// Uses a plugin in every way that the header permits, beside a map of every frame, and throws the
/// first promise that it breaks.
///
/// Made before any figure of a plugin is believed, and only in a process that may crash or hang:
/// `progress` is told beforehand what comes next. Takes a fraction of a second.
package final class PluginExamination {
  struct Block {
    var frame: UInt64
    var order: Order

    init(_ frame: UInt64, _ order: Order) {
      self.frame = frame
      self.order = order
    }
  }

  /// 128 MiB, and a range that neither begins nor ends at a round number.
  static let plain = FrameRange(start: FrameNumber(0), count: 1 << 15)
  static let odd = FrameRange(start: FrameNumber(1003), count: 20011)
  /// At the start, across a boundary of 2 MiB, a single frame, a whole 4 MiB, and the end.
  static let holes = [(0, 3), (500, 20), (1000, 1), (4096, 1024), (32_760, 8)].map {
    FrameRange(start: FrameNumber($0), count: $1)
  }

  let library: PluginLibrary
  let coreCount: Int
  let tellProgress: (String) -> Void
  var findings = PluginFindings()
  var generator: SplitMix64

  package init(
    _ library: PluginLibrary, threads: Int, seed: UInt64, progress: @escaping (String) -> Void
  ) {
    self.library = library
    coreCount = max(threads, 2)
    generator = SplitMix64(seed: seed)
    tellProgress = progress
  }

  package func run() throws(BenchmarkFault) -> PluginFindings {
    tellProgress("creation of \(Self.plain.count) frames")
    try examine(World(library, Self.plain, coreCount: coreCount, examination: self))
    do {
      try exhaust(Self.odd, [], "from frame \(Self.odd.start.index) on")
    } catch  where error.kind == .notCreated {
      findings.notes.append("it takes no range with odd ends: \(error.detail)")
    }
    if library.capabilities.contains(.holes) { try exhaust(Self.plain, Self.holes, "with holes") }
    if findings.refusals > 0 {
      findings.notes.append(
        "\(findings.refusals) requests for a frame failed although some were free")
    }
    return findings
  }

  private func examine(_ world: World) throws(BenchmarkFault) {
    try world.exhaustTwice("")
    try world.fillWithEveryOrder()
    try world.mixOrders()
    if library.capabilities.contains(.partialFree) { try world.freeParts() }
    if library.capabilities.contains(.claim) { try world.claim() }
    if library.capabilities.contains(.threads) { try world.meetThreads() }
    tellProgress("destruction")
    // `destroy` comes here, and not with the last use.
    withExtendedLifetime(world) {}
  }

  private func exhaust(
    _ range: FrameRange, _ holes: [FrameRange], _ place: String
  ) throws(BenchmarkFault) {
    tellProgress("creation of \(range.count) frames \(place)")
    let world = try World(
      library, range, holes: holes, coreCount: coreCount, examination: self)
    try world.exhaustTwice(" \(place)")
    tellProgress("destruction")
    withExtendedLifetime(world) {}
  }
}
