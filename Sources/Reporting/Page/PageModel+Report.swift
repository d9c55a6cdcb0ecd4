internal import MemoryUnits
internal import Results

extension PageModel {
  init(_ report: Report, vega: String?) throws {
    let groups = ChartGroup.all(report)
    let data = PageData(report, groups: groups, hasCharts: vega != nil)
    title =
      report.isComparison
      ? "\(report.sources.count) results side by side"
      : report.sources.first?.result.configuration.title ?? ""
    subtitles = report.sources.map { report.subtitle($0) }
    let answer = Answer(report)
    findings = answer.findings
    remarks = answer.remarks
    warnings = report.warnings
    moments = Findings.Moment.allCases.map { Moment($0, report) }.filter { !$0.rows.isEmpty }
    columns = FigureTable(report, FigureColumn.main, at: .end).columns.map { Column($0) }
    method =
      report.entries.contains { $0.system.repetitions.count >= 3 }
      ? "Figures: \(Estimate.method)." : ""
    unusable = HeatTable(report)
    chartNote =
      vega == nil && !groups.isEmpty
      ? "The charts are left out: their runtime is not installed. Run scripts/setup run, then make "
        + "this page again with the command at its end." : nil
    self.groups = vega == nil ? [] : groups.map { Group($0, report) }
    map = data.maps.isEmpty ? nil : MapSection(report, data)
    caveats = report.caveats
    properties = report.entries.map { Properties($0) }
    sources = report.sources.map { SourceFacts($0, isAlone: !report.isComparison) }
    remake = "framelab report " + report.sources.map(\.label).joined(separator: " ")
    style = PackageText.style
    seriesStyle = report.seriesStyle
    script = HTMLEscaping.escapeScript(PackageText.script)
    self.vega = vega.map(HTMLEscaping.escapeScript)
    self.data = try data.json()
  }
}

extension PageModel.Moment {
  init(_ moment: Findings.Moment, _ report: Report) {
    name = moment.rawValue
    switch moment {
    case .end:
      title = "at the end"
      meaning = "At the end: the last sample of the run."
    case .livePeak:
      title = "at the live peak"
      meaning = "At the live peak: the first sample with the most live bytes."
    case .timeAverage:
      title = "mean over time"
      meaning =
        "Mean over time: every sample counts for the time around it; quotients of bytes and "
        + "blocks are those of the means."
    }
    isFirst = moment == .end
    rows = FigureTable(report, FigureColumn.main, at: moment).rows.map {
      PageModel.Row($0, moment, note: report.repetitionNote($0.entry))
    }
  }
}

extension PageModel.Column {
  init(_ column: FigureColumn) {
    self.init(head: column.head, unit: column.unit, meaning: column.meaning)
  }
}

extension PageModel.Series {
  init(_ entry: Report.Entry) {
    self.init(
      id: entry.id, kind: entry.system.kind.rawValue, label: entry.label,
      colour: entry.style.light)
  }
}

extension PageModel.Row {
  /// - Parameter note: what stands behind the kind of the system.
  init(_ row: FigureTable.Row, _ moment: Findings.Moment, note: String?) {
    let entry = row.entry
    id = entry.id
    kind = entry.system.kind.rawValue
    label = entry.label
    kindWords = entry.system.kind.words + (note.map { ", " + $0 } ?? "")
    cells = row.cells.map { cell in
      PageModel.Cell(
        result: entry.source, system: entry.system.name, moment: moment.rawValue,
        key: cell.key.rawValue, value: cell.value.map { "\($0)" } ?? "", text: cell.text,
        interval: cell.interval, hasBar: cell.key == .hugeShare && cell.value != nil,
        share: cell.value.map { Quantity.number(min(max($0, 0), 1), decimals: 3) } ?? "0")
    }
  }
}

extension PageModel.HeatTable {
  /// Nil when no system has free areas.
  init?(_ report: Report) {
    let table = FigureTable(report, FigureTable.unusableByOrder, at: .end)
    guard !table.columns.isEmpty else { return nil }
    reading =
      "The unusable free space index at the end of the run: for each block size, the share of free "
      + "memory that lies in smaller blocks and cannot serve it. 0 everywhere is ideal; the darker, "
      + "the less of what is free is of use for that size."
    columns = table.columns.map { PageModel.Column($0) }
    // A row for systems without frames would only hold dashes.
    rows = table.rows.filter { $0.cells.contains { $0.value != nil } }
      .map { PageModel.Row($0, .end, note: nil) }
  }
}

extension PageModel.Group {
  init(_ group: ChartGroup, _ report: Report) {
    id = group.id
    title = group.title
    reading = group.reading
    hasSystemLegend = group.hasSystemLegend
    let shown = Set(group.charts.flatMap(\.systems))
    systemLegend = report.entries.filter { shown.contains($0.index) }.map { PageModel.Series($0) }
    hasOrderLegend = group.hasOrderLegend
    let orders = Order.allocatorCount
    orderLegend = (0..<orders).map {
      PageModel.OrderBox(
        colour: OrderColour.hex($0, of: orders), label: FigureTable.blockSize($0))
    }
    layout = group.hasOrderLegend ? "panels" : ""
    charts = group.charts.map {
      PageModel.ChartFigure(
        chart: $0.id, title: $0.title, series: $0.entry.map { PageModel.Series($0) })
    }
  }
}

extension PageModel.MapSection {
  init(_ report: Report, _ data: PageData) {
    reading =
      "Every tile is 2 MiB of physical memory in the order of addresses, filled from below by what "
      + "is used in it, unmovable data first. A tile of one colour without filling is free as a "
      + "whole, and only such tiles can become huge pages. The slider moves through the run, and "
      + "the line in every chart with it; a click in a chart comes back here. A click on a tile, or "
      + "the arrow keys, opens it; at first it is the one that the fewest frames keep from being "
      + "free."
    systems = data.maps.enumerated().map { place, map in
      PageModel.MapChoice(
        id: map.id, label: report.entries.first { $0.id == map.id }?.label ?? map.id,
        isFirst: place == 0)
    }
  }
}

extension PageModel.Properties {
  init(_ entry: Report.Entry) {
    let system = entry.system
    id = entry.id
    kind = system.kind.rawValue
    label = entry.label
    kindWords = system.kind.words
    sentences = system.properties
    let first = system.repetitions.first
    let repetition =
      system.repetitions.count > 1 ? ", first of \(system.repetitions.count) repetitions" : ""
    countedWhere = repetition
    let counters = (first?.counters ?? [:]).sorted { $0.key < $1.key }.map { name, value in
      PageModel.Count(
        name: name, result: entry.source, system: system.name, text: Quantity.number(value))
    }
    let statistics = (first?.statistics ?? [:]).sorted { $0.key < $1.key }.map { name, value in
      let isWhole = value == value.rounded()
      return PageModel.Count(
        name: name, result: entry.source, system: system.name,
        text: Quantity.number(value, decimals: isWhole ? 0 : 3))
    }
    let vmstat = (first?.vmstat ?? [:]).filter { $0.value > 0 }.sorted { $0.key < $1.key }.map {
      name, value in
      PageModel.Count(
        name: "vmstat." + name, result: entry.source, system: system.name,
        text: Quantity.number(value))
    }
    counts = counters + vmstat + statistics
    hasCounts = !counts.isEmpty
  }
}

extension SystemKind {
  /// What kind of evidence it is.
  var words: String {
    switch self {
    case .direct: "modelled"
    case .simulated: "modelled, real library"
    case .real: "measured here"
    case .recorded: "recorded"
    }
  }
}
