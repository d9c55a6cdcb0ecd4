internal import Foundation
internal import Mustache
internal import Results

extension FigurePage {
  /// The page as one HTML file that needs nothing else.
  ///
  /// - Parameter vega: as for `Report.html`.
  public func html(vega: String?) throws -> String {
    MustacheContentTypes.register(HTMLEscaping(), named: HTMLEscaping.name)
    return try MustacheTemplate(string: PackageText.figures).render(
      FigurePageModel(self, vega: vega))
  }
}

/// What the template `figures.html` shows.
struct FigurePageModel {
  struct Series {
    var id: String
    var label: String
    var colour: String
  }

  struct Figure {
    var id: String
    var title: String
  }

  struct Row {
    var head: String
    var cells: [String]
  }

  struct Section {
    var title: String
    var reading: String
    var charts: [Figure]
    var heads: [String]
    var rows: [Row]
    var notes: [String]
  }

  struct Fact {
    var name: String
    var value: String
  }

  /// What the page's script reads.
  private struct ChartData: Encodable {
    var id: String
    var spec: JSONValue
  }

  var title: String
  var subtitle: String
  var answer: [String]
  var series: [Series]
  var sections: [Section]
  var facts: [Fact]
  var chartNote: String?
  var style: String
  var seriesStyle: String
  var data: String
  var vega: String?

  init(_ page: FigurePage, vega: String?) throws {
    title = page.title
    subtitle = page.subtitle
    answer = page.answer
    let others = page.series.filter { $0 != page.reference }
    let styles = page.series.map { name in
      others.firstIndex(of: name).map { SeriesStyle(index: $0, kind: .direct) }
        ?? SeriesStyle(index: 0, kind: .recorded)
    }
    series = zip(page.series.indices, page.series).map { index, label in
      Series(id: "series-\(index)", label: label, colour: styles[index].light)
    }
    let colours = Dictionary(
      zip(page.series, styles.map(\.light)), uniquingKeysWith: { first, _ in first })
    var charts: [ChartData] = []
    sections = page.sections.map { section in
      let figures = section.charts.map { chart in
        let figure = Figure(id: "chart-\(charts.count)", title: chart.title)
        charts.append(ChartData(id: figure.id, spec: chart.spec(colours)))
        return figure
      }
      return Section(
        title: section.title, reading: section.reading, charts: vega == nil ? [] : figures,
        heads: section.table.first ?? [],
        rows: section.table.dropFirst().map {
          Row(head: $0.first ?? "", cells: Array($0.dropFirst()))
        }, notes: section.notes)
    }
    facts = page.made.map { Fact(name: $0.name, value: $0.value) }
    chartNote =
      vega == nil
      ? "The charts are left out: their runtime is not installed (scripts/setup run)." : nil
    style = PackageText.style
    let rules = zip(series, styles).map { series, style in
      (
        ".\(series.id) { border-top-color: \(style.light); }",
        ".\(series.id) { border-top-color: \(style.dark); } "
          + ".chart [stroke=\"\(style.light)\"] { stroke: \(style.dark); } "
          + ".chart [fill=\"\(style.light)\"] { fill: \(style.dark); }"
      )
    }
    seriesStyle =
      rules.map(\.0).joined(separator: "\n")
      + "\n@media screen and (prefers-color-scheme: dark) {\n"
      + rules.map(\.1).joined(separator: "\n") + "\n}"
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    data = HTMLEscaping.escapeJSON(
      String(decoding: try encoder.encode(vega == nil ? [] : charts), as: UTF8.self))
    self.vega = vega.map(HTMLEscaping.escapeScript)
  }
}
