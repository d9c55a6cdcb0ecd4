internal import Foundation
internal import MemoryUnits
internal import Results

/// What the page's script reads: chart specifications and frame maps.
struct PageData: Encodable {
  struct ChartData: Encodable {
    var id: String
    var spec: JSONValue
  }

  struct MapData: Encodable {
    var id: String
    /// The map's file, base64.
    var gzip: String
  }

  var charts: [ChartData]
  var maps: [MapData]
  var states = StateLegend.items
  var wholeFree = StateLegend.wholeFree
  var fillOrder = StateLegend.fillOrder.map(\.rawValue)
  var free = FrameState.free.rawValue
  /// Unit of the charts' time axis.
  var unit: String
  var nsPerUnit: Double

  /// Bytes of all frame maps of a page, before base64 adds a third.
  static let mapBudget = 3 << 20

  init(_ report: Report, groups: [ChartGroup], hasCharts: Bool) {
    charts = hasCharts ? groups.flatMap(\.charts).map { ChartData(id: $0.id, spec: $0.spec) } : []
    let mapped = report.entries.compactMap { entry in entry.frameMap.map { (entry, $0) } }
    let share = Self.mapBudget / max(mapped.count, 1)
    maps = mapped.filter { !$1.timesNs.isEmpty }.map { entry, map in
      MapData(id: entry.id, gzip: map.encoded(budget: share).base64EncodedString())
    }
    let time = TimeAxis(
      durationNs: max(report.sources.map(\.result.configuration.durationNs).max() ?? 1, 1))
    unit = time.unit
    nsPerUnit = time.nanosecondsPerUnit
  }

  func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return HTMLEscaping.escapeJSON(String(decoding: try encoder.encode(self), as: UTF8.self))
  }
}
