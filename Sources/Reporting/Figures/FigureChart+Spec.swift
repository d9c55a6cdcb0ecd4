extension FigureChart {
  /// The Vega-Lite specification; `colours` by series.
  func spec(_ colours: [String: String]) -> JSONValue {
    switch self {
    case .dots(_, let unit, let dots): Self.dots(unit, dots, colours)
    case .shares(_, let steps, let lines): Self.shares(steps, lines, colours)
    }
  }

  private static func dots(
    _ unit: String, _ dots: [FigureDot], _ colours: [String: String]
  ) -> JSONValue {
    let values = dots.map { dot -> JSONValue in
      [
        "s": .string(dot.series), "low": .number(dot.low), "v": .number(dot.value),
        "high": .number(dot.high), "tick": dot.tick.map { .number($0) } ?? nil,
      ]
    }
    let names = dots.map(\.series)
    let y: JSONValue = [
      "field": "s", "type": "nominal", "sort": JSONValue(names),
      "axis": ["title": nil, "labelLimit": 190, "grid": true],
    ]
    func x(_ field: String) -> JSONValue {
      [
        "field": .string(field), "type": "quantitative", "scale": ["type": "log", "nice": true],
        "axis": ["title": .string(unit), "tickCount": 6, "format": "~g"],
      ]
    }
    let colour = scale(names, colours)
    return frame(
      ["values": .array(values)],
      [
        [
          "mark": ["type": "rule", "strokeWidth": 3, "opacity": 0.45],
          "encoding": ["y": y, "x": x("low"), "x2": ["field": "high"], "color": colour],
        ],
        [
          "mark": ["type": "point", "filled": true, "size": 60, "opacity": 1],
          "encoding": ["y": y, "x": x("v"), "color": colour],
        ],
        [
          "mark": ["type": "tick", "thickness": 2, "size": 14, "color": "#8a8a8a"],
          "transform": [["filter": "datum.tick != null"]],
          "encoding": ["y": y, "x": x("tick")],
        ],
      ], height: ["step": 22])
  }

  private static func shares(
    _ steps: String, _ lines: [FigureLine], _ colours: [String: String]
  ) -> JSONValue {
    let values = lines.flatMap { line in
      line.shares.enumerated().map { step, share -> JSONValue in
        [
          "s": .string(line.series), "t": JSONValue(step),
          "v": .number((share * 1e4).rounded() / 1e4),
        ]
      }
    }
    return frame(
      ["values": .array(values)],
      [
        [
          "mark": ["type": "line", "strokeWidth": 1.8],
          "encoding": [
            "x": [
              "field": "t", "type": "quantitative",
              "axis": ["title": .string(steps), "tickCount": 6, "grid": false],
            ],
            "y": [
              "field": "v", "type": "quantitative", "scale": ["domain": [0, 1]],
              "axis": ["title": "share", "format": ".0%", "tickCount": 5],
            ],
            "color": scale(lines.map(\.series), colours),
          ],
        ]
      ], height: 190)
  }

  private static func scale(_ names: [String], _ colours: [String: String]) -> JSONValue {
    [
      "field": "s", "type": "nominal", "legend": nil,
      "scale": [
        "domain": JSONValue(names), "range": JSONValue(names.map { colours[$0] ?? "#555555" }),
      ],
    ]
  }

  private static func frame(
    _ data: JSONValue, _ layers: [JSONValue], height: JSONValue
  ) -> JSONValue {
    [
      "width": "container", "height": height, "background": nil, "data": data,
      "autosize": ["type": "fit-x", "contains": "padding"], "layer": .array(layers),
      "config": [
        "view": ["stroke": nil], "font": "inherit",
        "axis": [
          "labelFontSize": 11, "titleFontSize": 11, "titleFontWeight": "normal",
          "domain": false, "ticks": false, "gridOpacity": 0.6, "labelPadding": 5,
          "gridColor": "#dddddd", "labelColor": "#555555", "titleColor": "#555555",
        ],
      ],
    ]
  }
}
