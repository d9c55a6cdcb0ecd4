internal import Fragmentation
internal import Results

extension Chart {
  /// One line per system of `figure` over time; nil when no system knows it.
  static func lines(
    id: String, title: String, _ report: Report, time: TimeAxis, axisTitle: String,
    format: String, domain: JSONValue = nil, includesLive: Bool = false,
    figure: (Sample) -> Double?
  ) -> Chart? {
    var values = [JSONValue]()
    var shown = [Report.Entry]()
    for entry in report.entries {
      let points = entry.samples.compactMap { sample -> JSONValue? in
        guard let value = figure(sample) else { return nil }
        return [
          "t": .number(time.value(sample.timeNs)), "v": .number(significant(value)),
          "s": .string(entry.label),
        ]
      }
      if !points.isEmpty { shown.append(entry) }
      values += points
    }
    guard !shown.isEmpty else { return nil }
    let names = JSONValue.array(shown.map { .string($0.label) })
    let colour: JSONValue = [
      "field": "s", "type": "nominal", "legend": nil,
      "scale": ["domain": names, "range": JSONValue(shown.map(\.style.light))],
    ]
    let dash: JSONValue = [
      "field": "s", "type": "nominal", "legend": nil,
      "scale": ["domain": names, "range": .array(shown.map { dashArray($0.style.dash) })],
    ]
    var scale: [String: JSONValue] = ["nice": true, "zero": .bool(domain == nil)]
    if domain != nil { scale["domain"] = domain }
    let y: JSONValue = [
      "field": "v", "type": "quantitative", "scale": .object(scale),
      "axis": ["title": .string(axisTitle), "format": .string(format), "tickCount": 5],
    ]
    var layers: [JSONValue] = [
      [
        "data": ["values": .array(values)],
        "mark": ["type": "line", "strokeWidth": 1.8],
        "encoding": [
          "x": time.encoding, "y": y, "color": colour, "strokeDash": dash,
        ],
      ]
    ]
    if includesLive { layers.append(live(report, time)) }
    return Chart(
      id: id, title: title, systems: shown.map(\.index), spec: frame(layers, height: 210))
  }

  /// The live bytes, in grey below the systems' lines: one line per result.
  private static func live(_ report: Report, _ time: TimeAxis) -> JSONValue {
    var values = [JSONValue]()
    var drawn = Set<Int>()
    for entry in report.entries where drawn.insert(entry.source).inserted {
      values += entry.samples.map {
        [
          "t": .number(time.value($0.timeNs)), "r": JSONValue(entry.source),
          "v": .number(significant(Double($0.liveBytes) / 1_048_576)),
        ]
      }
    }
    return [
      "data": ["values": .array(values)],
      "mark": ["type": "area", "color": "#8a8a8a", "opacity": 0.22],
      "encoding": [
        "x": time.encoding,
        "y": ["field": "v", "type": "quantitative", "stack": nil],
        "detail": ["field": "r", "type": "nominal"],
      ],
    ]
  }

  /// Free memory of one system by order, stacked, the largest blocks at the bottom.
  static func freeByOrder(
    id: String, _ entry: Report.Entry, time: TimeAxis, largest: Double
  ) -> Chart? {
    var values = [JSONValue]()
    var orders = 0
    for sample in entry.samples {
      guard let areas = sample.freeAreas else { continue }
      var value: [String: JSONValue] = ["t": .number(time.value(sample.timeNs))]
      for (order, count) in areas.blocks.enumerated() {
        value["o\(order)"] = .number(significant(Double(count << UInt64(order)) / 256))
      }
      orders = max(orders, areas.blocks.count)
      values.append(.object(value))
    }
    guard !values.isEmpty else { return nil }
    let fields = (0..<orders).map { "o\($0)" }
    let layer: JSONValue = [
      "data": ["values": .array(values)],
      "transform": [
        ["fold": JSONValue(fields), "as": ["order", "mib"]],
        ["calculate": "toNumber(substring(datum.order, 1))", "as": "rank"],
      ],
      "mark": ["type": "area", "line": false],
      "encoding": [
        "x": time.encoding,
        "y": [
          "field": "mib", "type": "quantitative", "stack": "zero",
          "scale": ["domain": [0, .number(largest)], "nice": true],
          "axis": ["title": "free, MiB", "format": ",.0f", "tickCount": 4],
        ],
        "color": [
          "field": "order", "type": "nominal", "legend": nil,
          "scale": [
            "domain": JSONValue(fields),
            "range": JSONValue((0..<orders).map { OrderColour.hex($0, of: orders) }),
          ],
        ],
        "order": ["field": "rank", "sort": "descending"],
      ],
    ]
    return Chart(
      id: id, title: entry.label, systems: [entry.index], entry: entry,
      spec: frame([layer], height: 150))
  }

  /// Layers under the cursor that the frame map's slider moves.
  private static func frame(_ layers: [JSONValue], height: Int) -> JSONValue {
    let cursor: JSONValue = [
      "data": ["values": [[:]]],
      "mark": [
        "type": "rule", "strokeWidth": 1, "color": "#8a8a8a",
        "opacity": ["expr": "cursor < 0 ? 0 : 1"],
      ],
      "encoding": ["x": ["datum": ["expr": "max(cursor, 0)"], "type": "quantitative"]],
    ]
    return [
      "width": "container", "height": JSONValue(height), "background": nil,
      "autosize": ["type": "fit-x", "contains": "padding"],
      "params": [["name": "cursor", "value": -1]],
      "layer": .array(layers + [cursor]),
      "config": [
        "view": ["stroke": nil],
        "font": "inherit",
        "axis": [
          "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
          "domain": false, "ticks": false, "gridOpacity": 0.6, "labelPadding": 5,
          "gridColor": "#dddddd", "labelColor": "#555555", "titleColor": "#555555",
        ],
        "axisX": ["grid": false, "domain": true, "domainColor": "#999999"],
      ],
    ]
  }

  private static func dashArray(_ dash: [Int]) -> JSONValue {
    dash.isEmpty ? [1, 0] : JSONValue(dash)
  }

  /// Six significant digits at least: what no chart can show more of.
  private static func significant(_ value: Double) -> Double {
    let scale = value.magnitude > 1000 ? 1e2 : 1e5
    return (value * scale).rounded() / scale
  }
}

extension Report.Entry {
  /// The samples of the first repetition, thinned evenly to at most 400; the last one is kept.
  var samples: [Sample] {
    let all = system.repetitions.first?.samples ?? []
    let step = (all.count + 399) / 400
    guard step > 1 else { return all }
    return all.indices.filter { (all.count - 1 - $0) % step == 0 }.map { all[$0] }
  }
}

/// Colours of orders: from dark blue for single pages to light yellow for the largest blocks, after
/// the cividis map (Nuñez, Anderton, Renslow 2018), even in brightness and safe for all kinds of
/// colour vision.
enum OrderColour {
  private static let stops: [(Double, Double, Double)] = [
    (0, 34, 78), (18, 53, 112), (59, 73, 108), (87, 93, 109), (112, 113, 115), (138, 134, 120),
    (165, 156, 116), (195, 179, 105), (225, 204, 85), (254, 232, 56),
  ]

  static func hex(_ order: Int, of count: Int) -> String {
    let place = Double(order) / Double(max(count - 1, 1)) * Double(stops.count - 1)
    let index = min(Int(place), stops.count - 2)
    let part = place - Double(index)
    let (low, high) = (stops[index], stops[index + 1])
    func channel(_ low: Double, _ high: Double) -> String {
      let value = Int((low + (high - low) * part).rounded())
      return (value < 16 ? "0" : "") + String(value, radix: 16)
    }
    return "#" + channel(low.0, high.0) + channel(low.1, high.1) + channel(low.2, high.2)
  }
}
