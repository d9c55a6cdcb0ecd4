internal import Fragmentation
internal import Results

extension ChartGroup {
  /// The charts that the samples of a report can fill.
  static func all(_ report: Report) -> [ChartGroup] {
    let duration = report.sources.map(\.result.configuration.durationNs).max() ?? 0
    let time = TimeAxis(durationNs: max(duration, 1))
    return [contiguity(report, time), memory(report, time), byOrder(report, time)]
      .filter { !$0.charts.isEmpty }
  }

  private static func contiguity(_ report: Report, _ time: TimeAxis) -> ChartGroup {
    let available = Chart.lines(
      id: "chart-availability", title: "2 MiB pages available now, share of the ideal", report,
      time: time, axisTitle: "share", format: ".0%", domain: [0, 1]
    ) { Findings.figures(of: $0)[.hugeShare] }
    let physical = Chart.lines(
      id: "chart-blow-up-physical", title: "Blow-up over physical 2 MiB blocks", report, time: time,
      axisTitle: "×", format: ".2~f"
    ) { Findings.figures(of: $0)[.physicalBlowUp] }
    let virtual = Chart.lines(
      id: "chart-blow-up-virtual", title: "Blow-up over virtual 2 MiB blocks", report, time: time,
      axisTitle: "×", format: ".2~f"
    ) { Findings.figures(of: $0)[.virtualBlowUp] }
    return ChartGroup(
      id: "contiguity", title: "How contiguous is it?",
      reading: "First: of all the 2 MiB pages that free memory amounts to, the share that could be "
        + "handed out at once; a line at the top means no fragmentation, one at the bottom that "
        + "every free block is too small. Then: how many times more 2 MiB blocks are taken than the "
        + "live data would fill, of the machine and of address space; 1 is ideal, and peaks while "
        + "little is live are normal.",
      charts: [available, physical, virtual].compactMap { $0 }, hasSystemLegend: true,
      hasOrderLegend: false)
  }

  private static func memory(_ report: Report, _ time: TimeAxis) -> ChartGroup {
    let held = Chart.lines(
      id: "chart-held", title: "Held against live memory", report, time: time, axisTitle: "MiB",
      format: ",.0f", includesLive: true
    ) { Double($0.heldBytes) / 1_048_576 }
    let ratio = Chart.lines(
      id: "chart-held-per-live", title: "Held memory, as a multiple of live", report, time: time,
      axisTitle: "×", format: ".2~f"
    ) { Findings.figures(of: $0)[.heldPerLive] }
    return ChartGroup(
      id: "memory", title: "How much is held?",
      reading: "Left: the grey area is what the program asked for and has not freed; each line is "
        + "what a system holds for it, so the gap between the two is the price. Dashed lines were "
        + "measured on real processes, dotted ones recorded. Right: the same as a quotient; a line "
        + "that stays up after a peak is memory that does not come back.",
      charts: [held, ratio].compactMap { $0 }, hasSystemLegend: true, hasOrderLegend: false)
  }

  private static func byOrder(_ report: Report, _ time: TimeAxis) -> ChartGroup {
    let largest =
      report.entries.flatMap { $0.samples.compactMap(\.freeAreas) }
      .map { Double($0.freeFrames) / 256 }.max() ?? 0
    let charts = report.entries.compactMap {
      Chart.freeByOrder(
        id: "chart-orders-\($0.id)", $0, time: time, largest: max(largest, 1))
    }
    return ChartGroup(
      id: "orders", title: "In which blocks is memory free?",
      reading: "One panel per system on the same scale. The height of a band is the free memory in "
        + "blocks of one size: light bands at the bottom are large blocks that can become huge "
        + "pages, dark bands on top are single pages and small blocks that cannot.",
      charts: charts, hasSystemLegend: false, hasOrderLegend: true)
  }
}
