/// What the template shows; `PageModel+Report.swift` fills it. Mustache reads the properties by
/// name.
struct PageModel {
  struct Moment {
    var name: String
    var title: String
    var meaning: String
    var isFirst: Bool
    var rows: [Row]
  }

  struct Column {
    var head: String
    var unit: String
    var meaning: String
  }

  /// A system's swatch and name.
  struct Series {
    var id: String
    var kind: String
    var label: String
    /// The colour of its lines as the chart specifications have it.
    var colour: String
  }

  struct Row {
    var id: String
    var kind: String
    var label: String
    var kindWords: String
    var cells: [Cell]
  }

  struct Cell {
    var result: Int
    var system: String
    var moment: String
    var key: String
    var value: String
    var text: String
    var interval: String?
    /// Whether a bar of the value's length stands behind the figure.
    var hasBar: Bool
    /// The value as a number between 0 and 1 for the shade of the cell; 0 when unknown.
    var share: String
  }

  struct HeatTable {
    var reading: String
    var columns: [Column]
    var rows: [Row]
  }

  struct OrderBox {
    var colour: String
    var label: String
  }

  struct ChartFigure {
    var chart: String
    var title: String
    var series: Series?
  }

  struct Group {
    var id: String
    var title: String
    var reading: String
    var hasSystemLegend: Bool
    var systemLegend: [Series]
    var hasOrderLegend: Bool
    var orderLegend: [OrderBox]
    var layout: String
    var charts: [ChartFigure]
  }

  struct MapChoice {
    var id: String
    var label: String
    var isFirst: Bool
  }

  struct MapSection {
    var reading: String
    var systems: [MapChoice]
  }

  struct Count {
    var name: String
    var result: Int
    var system: String
    var text: String
  }

  struct Properties {
    var id: String
    var kind: String
    var label: String
    var kindWords: String
    var sentences: [String]
    var hasCounts: Bool
    var countedWhere: String
    var counts: [Count]
  }

  struct Fact {
    var name: String
    var value: String
    var isCode: Bool
  }

  struct SourceFacts {
    var heading: String?
    var facts: [Fact]
  }

  var title: String
  var subtitles: [String]
  var findings: [String]
  var remarks: [String]
  var warnings: [String]
  var moments: [Moment]
  var columns: [Column]
  var method: String
  var unusable: HeatTable?
  var chartNote: String?
  var groups: [Group]
  var map: MapSection?
  var caveats: [String]
  var properties: [Properties]
  var sources: [SourceFacts]
  var remake: String

  // Inserted as they are.
  var style: String
  var seriesStyle: String
  var script: String
  var vega: String?
  var data: String
}
