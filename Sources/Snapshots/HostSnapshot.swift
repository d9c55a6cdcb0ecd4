package import LinuxHost
internal import MemoryUnits
package import TraceFormats

/// The frames of a live host, as far as it shows them.
package enum HostSnapshot {
  /// Reads zones and watermarks from /proc/zoneinfo, free lists from /proc/buddyinfo and frames from
  /// /proc/kpageflags. Where the frames may not be read, the zones have none, and a caveat says why.
  ///
  /// - Throws: when there is no /proc/zoneinfo to read.
  package static func read(_ host: some HostView = LiveHost()) throws(HostFileError)
    -> FrameSnapshot
  {
    let release = host.line(of: "/proc/sys/kernel/osrelease").map { " Linux \($0)" } ?? ""
    var snapshot = FrameSnapshot(origin: "this host," + release)
    let described = ZoneInfo.zones(try host.text(of: "/proc/zoneinfo"))
    let rows = (try? BuddyInfo(of: host))?.zones ?? []
    for found in described where found.managed > 0 && found.start + found.spanned < 1 << 32 {
      var zone = FrameSnapshot.Zone(
        node: found.node, name: found.name, start: FrameNumber(found.start), states: [])
      zone.watermarkMin = found.min
      zone.watermarkLow = found.low
      zone.heldFrames = found.held
      zone.freeBlocks = rows.first { $0.node == found.node && $0.name == found.name }?.blocks
      snapshot.zones.append(zone)
    }
    do throws(HostFileError) {
      for index in snapshot.zones.indices {
        let zone = snapshot.zones[index]
        let found = described.first { $0.node == zone.node && $0.name == zone.name }
        snapshot.zones[index].states = try PageFlags.states(
          host, zone.start.index..<zone.start.index + (found?.spanned ?? 0))
      }
      snapshot.caveats.append(
        "The frames were read one after the other while the host went on working.")
      snapshot.caveats.append(
        "A frame that a driver pins looks like any other page here: such blocks count as movable.")
    } catch {
      for index in snapshot.zones.indices { snapshot.zones[index].states = [] }
      let why = error.isDenied ? "needs root" : "cannot be read (\(error))"
      snapshot.caveats.append(
        "\(error.path) \(why): the free lists alone tell what is available now, nothing of what "
          + "reclaim or compaction would give.")
    }
    return snapshot
  }
}

/// What /proc/zoneinfo says of one zone.
struct ZoneInfo: Hashable {
  var node: Int
  var name: String
  var start = 0
  var spanned = 0
  var managed = 0
  var min: UInt64?
  var low: UInt64?
  /// Frames in all per-CPU lists.
  var held: UInt64 = 0

  /// Lines that are not known are passed over: kernels add some at every turn.
  static func zones(_ text: String) -> [ZoneInfo] {
    var zones: [ZoneInfo] = []
    for line in text.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "," }
      if words.count == 4, words[0] == "Node", words[2] == "zone", let node = Int(words[1]) {
        zones.append(ZoneInfo(node: node, name: String(words[3])))
      }
      guard words.count == 2, var zone = zones.popLast() else { continue }
      let number = UInt64(words[1])
      switch words[0] {
      case "min": zone.min = zone.min ?? number
      case "low": zone.low = zone.low ?? number
      case "spanned": zone.spanned = number.flatMap { Int(exactly: $0) } ?? 0
      case "managed": zone.managed = number.flatMap { Int(exactly: $0) } ?? 0
      case "start_pfn:": zone.start = number.flatMap { Int(exactly: $0) } ?? 0
      case "count:": zone.held += number ?? 0
      default: break
      }
      zones.append(zone)
    }
    return zones
  }
}
