internal import Results

extension HostRun {
  /// jemalloc's own statistics, in bytes, summed over the arenas of all processes; this program's own
  /// heap, which jemalloc serves as well, is not in them.
  func statistics() throws(HostError) -> [String: Double] {
    guard Mallctl.write("epoch", UInt64(1)) else {
      throw HostError("jemalloc has no statistics")
    }
    var sums: [String: Double] = [:]
    for instance in unsafe processes.indices {
      for arena in unsafe processes[instance].liveArenas {
        for (name, value) in try arenaStatistics(arena) { sums[name, default: 0] += value }
      }
    }
    return sums
  }

  private func arenaStatistics(_ arena: UInt32) throws(HostError) -> [(String, Double)] {
    func read(_ name: String) throws(HostError) -> Double {
      guard let value = Mallctl.read("stats.arenas.\(arena).\(name)", as: Int.self) else {
        throw HostError("jemalloc has no stats.arenas.\(arena).\(name)")
      }
      return Double(value)
    }
    return [
      ("jemalloc.stats.allocated", try read("small.allocated") + read("large.allocated")),
      ("jemalloc.stats.active", try read("pactive") * 4096),
      ("jemalloc.stats.dirty", try read("pdirty") * 4096),
      ("jemalloc.stats.mapped", try read("mapped")),
      ("jemalloc.stats.retained", try read("retained")),
      ("jemalloc.stats.tcache_bytes", try read("tcache_bytes")),
      ("jemalloc.stats.metadata", try read("base") + read("internal")),
    ]
  }
}
