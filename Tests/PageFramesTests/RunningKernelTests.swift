import Foundation
import Fragmentation
import Glibc
import MemoryUnits
import PageFrames
import Testing

/// The kernel's debugfs, where it is mounted, or else a mount in a mount namespace of its own that
/// nobody but this process sees and that ends with it.
final class DebugFileSystem {
  /// Where the files are readable from here.
  let root: String
  private let holder: Process?
  private let end = Pipe()

  init?() {
    if ProcText("/sys/kernel/debug/extfrag/unusable_index") != nil {
      root = "/sys/kernel/debug"
      holder = nil
      return
    }
    guard getuid() == 0 else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/unshare")
    process.arguments = [
      "--mount", "sh", "-c", "mount -t debugfs debugfs /sys/kernel/debug && echo ready && read end",
    ]
    let output = Pipe()
    process.standardInput = end
    process.standardOutput = output
    process.standardError = FileHandle.nullDevice
    guard (try? process.run()) != nil else { return nil }
    holder = process
    root = "/proc/\(process.processIdentifier)/root/sys/kernel/debug"
    let answer = output.fileHandleForReading.availableData
    guard String(decoding: answer, as: UTF8.self) == "ready\n",
      ProcText(root + "/extfrag/unusable_index") != nil
    else {
      finish()
      return nil
    }
  }

  /// Ends the mount namespace.
  func finish() {
    try? end.fileHandleForWriting.close()
    holder?.waitUntilExit()
  }
}

/// Rows of buddyinfo and extfrag: the fields behind `Node 0, zone NAME`, by `0 NAME`.
func zoneRows(_ text: String) -> [String: [String]] {
  var rows: [String: [String]] = [:]
  for line in text.split(separator: "\n") {
    let words = line.split(whereSeparator: { $0 == " " || $0 == "," }).map(String.init)
    guard words.count > 4, words[0] == "Node", words[2] == "zone" else { continue }
    rows[words[1] + " " + words[3]] = Array(words[4...])
  }
  return rows
}

@Suite("The running kernel as oracle")
struct RunningKernelTests {
  static let hasZoneinfo = ProcText("/proc/zoneinfo") != nil
  static let hasDebugfs: Bool = {
    guard let debugfs = DebugFileSystem() else { return false }
    debugfs.finish()
    return true
  }()

  /// A zone of /proc/zoneinfo.
  struct ZoneInfo {
    var name: String
    var fields: [String: Int] = [:]
  }

  static func zones() -> [ZoneInfo] {
    var zones: [ZoneInfo] = []
    for line in (ProcText("/proc/zoneinfo")?.read() ?? "").split(separator: "\n") {
      let words = line.split(separator: " ").map(String.init)
      if words.count == 4, words[0] == "Node" {
        zones.append(ZoneInfo(name: words[3]))
      } else if words.count == 2, !zones.isEmpty, let value = Int(words[1]) {
        // The first one of a name is the zone's: per-CPU lists repeat "high" further down.
        let last = zones.count - 1
        zones[last].fields[words[0]] = zones[last].fields[words[0]] ?? value
      }
    }
    return zones
  }

  @Test(
    "every zone's watermarks follow from min_free_kbytes and the scale factor",
    .enabled(if: hasZoneinfo, "needs /proc/zoneinfo"))
  func watermarks() throws {
    func setting(_ name: String) -> Int? {
      (ProcText("/proc/sys/vm/" + name)?.read()).flatMap { Int($0.dropLast()) }
    }
    let minFree = try #require(setting("min_free_kbytes"))
    let factor = try #require(setting("watermark_scale_factor"))
    let zones = Self.zones()
    let lowmem = zones.filter { $0.name != "Movable" }.reduce(0) {
      $0 + ($1.fields["managed"] ?? 0)
    }
    var checked = 0
    for zone in zones {
      // An empty zone behind Movable (Device) has no marks; a boost is no part of the formulas.
      guard let managed = zone.fields["managed"], let min = zone.fields["min"],
        let low = zone.fields["low"], let high = zone.fields["high"],
        zone.fields["boost"] ?? 0 == 0,
        managed > 0 || zone.name == "Movable"
      else { continue }
      let marks = Watermarks(
        managed: managed, lowmem: lowmem, minFreeKilobytes: minFree, watermarkScaleFactor: factor,
        isMovable: zone.name == "Movable")
      #expect(marks == Watermarks(min: min, low: low, high: high), "zone \(zone.name)")
      checked += 1
    }
    #expect(checked > 0)
  }

  @Test(
    "T1, T2: both indices of every zone and order, digit for digit (10,000 with FRAMELAB_LONG=1)",
    .enabled(if: hasDebugfs, "needs debugfs, or root to mount it"))
  func indices() throws {
    let debugfs = try #require(DebugFileSystem())
    defer { debugfs.finish() }
    let buddyinfo = try #require(ProcText("/proc/buddyinfo"))
    let unusable = try #require(ProcText(debugfs.root + "/extfrag/unusable_index"))
    let fragmentation = try #require(ProcText(debugfs.root + "/extfrag/extfrag_index"))
    var wanted = isLong ? 10_000 : 300
    var kept = 0
    var wrong: [String] = []
    // A busy host changes between two readings; such samples are dropped.
    for _ in 0..<wanted * 20 where wanted > 0 {
      let before = buddyinfo.read()
      let (u, f) = (zoneRows(unusable.read()), zoneRows(fragmentation.read()))
      guard before == buddyinfo.read() else { continue }
      wanted -= 1
      kept += 1
      for (zone, row) in zoneRows(before) {
        let areas = FreeAreas(blocks: row.compactMap { UInt64($0) })
        // The kernel's own value for a zone without free frames: the formula has none.
        let empty = u[zone]?.first.flatMap { IndexText.thousandths($0) } ?? 1000
        let orders = areas.blocks.indices
        let mine = orders.map { IndexText.text(areas.unusableIndex($0, whenEmpty: empty)) }
        if mine != u[zone] { wrong.append("U \(zone): \(row) \(mine)") }
        let indices = orders.map { IndexText.text(areas.fragmentationIndex($0)) }
        if indices != f[zone] { wrong.append("FI \(zone): \(row) \(indices)") }
      }
    }
    #expect(kept > 0, "buddyinfo never stood still")
    #expect(wrong.first == nil)
  }
}
