import Foundation
import MemoryUnits
import Reporting
import Results
import Testing

@Suite("The page")
struct PageTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  /// The charts' runtime that scripts/setup run makes; tests run in the checkout.
  static let vega = VegaRuntime.find(
    executableFolder: FileManager.default.currentDirectoryPath, environment: [:])

  private func write(_ paths: [String], vega: String?) throws -> (file: String, html: String) {
    let html = try Report(paths.map { try Report.Source.read($0) }).html(vega: vega)
    let file = scratch.path + "/report.html"
    try Data(html.utf8).write(to: URL(fileURLWithPath: file))
    return (file, html)
  }

  /// A page is too long to be shown when something is missing in it.
  private func expect(
    _ page: String, contains text: String, location: SourceLocation = #_sourceLocation
  ) {
    let isThere = page.contains(text)
    #expect(isThere, "not in the page: \(text)", sourceLocation: location)
  }

  /// One figure of a table as the page has it.
  private struct Figure: Hashable {
    var result: Int
    var system: String
    var moment: String
    var key: String
  }

  /// Values and texts of all cells with a figure.
  private func figures(_ dom: String) throws -> [Figure: (value: Double, text: String)] {
    let cell =
      /<td[^>]* data-result="(\d+)" data-system="([^"]*)" data-moment="([^"]*)" data-key="([^"]*)" data-value="([^"]*)">([^<]*)/
    var figures = [Figure: (Double, String)]()
    for match in dom.matches(of: cell).map(\.output) {
      guard let value = Double(match.5) else { continue }
      let figure = Figure(
        result: try #require(Int(match.1)), system: String(match.2), moment: String(match.3),
        key: String(match.4))
      figures[figure] = (value, String(match.6))
    }
    return figures
  }

  @Test(
    "in Chromium shows the figures of result.json, its charts, and decodes the frame map",
    .enabled(if: Chromium.isInstalled, "chromium is not installed"))
  func inChromium() throws {
    var fixture = Fixture()
    fixture.repetitions = 3
    let path = try fixture.make(in: scratch.path)
    let (file, _) = try write([path], vega: Self.vega)
    let dom = try Chromium.dom(of: file)
    expect(dom, contains: "data-ready=\"true\"")
    let error = dom.firstMatch(of: /<body[^>]*data-error="([^"]*)"/).map { String($0.1) }
    #expect(error == nil)

    let shown = try figures(dom)
    let result = try RunResult.read(path)
    var compared = 0
    for system in result.systems {
      let summary = try #require(system.summary)
      for (moment, known) in summary.figures {
        for key in FigureKeys.shown {
          let figure = Figure(
            result: 0, system: system.name, moment: moment.rawValue, key: key.rawValue)
          guard let estimate = known[key] else {
            #expect(shown[figure] == nil, "\(figure) is shown and nobody knows it")
            continue
          }
          let cell = try #require(shown[figure], "\(figure) is not in the page")
          #expect(cell.value == estimate.mean, "\(figure)")
          compared += 1
          guard key == .freeHugeBlocks || key == .idealHugeBlocks else { continue }
          #expect(
            Int(cell.text.replacing(",", with: "")) == Int(estimate.mean.rounded()), "\(figure)")
        }
      }
    }
    #expect(compared > 40)
    // A bar is a figure too: only shares that somebody knows have one, at each of three moments.
    let bars = dom.matches(of: /<td class="bar"/).count
    #expect(bars == 6)

    // The script's decoder counts the free frames of every sample as Swift's does.
    let map = try FrameMap.read(path + "/frames-lowest-0.bin.gz")
    var free = [String]()
    map.forEachMoment { moment in
      free.append("\(moment.states.count { $0 == FrameState.free.rawValue })")
    }
    expect(dom, contains: "data-frames-free=\"\(free.joined(separator: ","))\"")
    let last = try #require(result.systems[0].repetitions[0].samples.last?.freeHugeBlocks)
    expect(dom, contains: "data-whole-tiles=\"\(last)\"")

    if Self.vega != nil {
      // Availability, blow-up twice, held memory twice, and free memory by order of two systems.
      let charts = dom.matches(of: /<svg[^>]*class="marks"/).count
      #expect(charts == 7)
    }
  }

  @Test("without the charts' runtime is complete but for the charts, and says so")
  func withoutRuntime() throws {
    let path = try Fixture().make(in: scratch.path)
    let (_, html) = try write([path], vega: nil)
    expect(html, contains: "id=\"charts-missing\"")
    expect(html, contains: "scripts/setup run")
    let hasCharts = html.contains("class=\"chart\"")
    #expect(!hasCharts)
    expect(html, contains: "id=\"frame-map\"")
    #expect(try figures(html).count > 40)
    #expect(html.utf8.count < 6 << 20)
  }

  @Test("asks for nothing from anywhere: it works offline")
  func offline() throws {
    let path = try Fixture().make(in: scratch.path)
    let (_, html) = try write([path], vega: nil)
    expect(html, contains: "default-src 'none'")
    let loads = html.firstMatch(of: /(src|href)\s*=|@import|url\(/).map { String($0.0) }
    #expect(loads == nil)
  }

  /// Names that try to leave the place where they are put.
  static let hostile = [
    "</script><script>document.title='hacked'</script>",
    "\"><img src=x onerror=\"document.title='hacked'\">",
    "\"\u{301} onmouseover=document.title='hacked' x=\"", "{{title}} {{{script}}}",
    "<!--<script>", "'; document.title='hacked'; '", "a\u{202e}b\u{0}c\u{2028}d",
  ]

  @Test("shows hostile names and titles as text", arguments: hostile)
  func hostileNames(name: String) throws {
    var fixture = Fixture()
    fixture.samples = 6
    fixture.title = name
    fixture.recording = name
    fixture.systemTitles = [name, name]
    let path = try fixture.make(in: scratch.path)
    let (_, html) = try write([path], vega: nil)
    // Every script element is one of the page's own: data and program.
    #expect(html.matches(of: /<script/.ignoresCase()).count == 2)
    #expect(html.matches(of: /<\/script/.ignoresCase()).count == 2)
    let escaped = ["<img", "<!--", "\u{202e}", "\u{0}"].filter { html.contains($0) }
    #expect(escaped.isEmpty)
    // No quote of the name is left to end an attribute.
    let scalars = Array(html.unicodeScalars)
    for (index, scalar) in scalars.enumerated() where scalar == "\u{301}" {
      #expect(scalars[index - 1] == ";")
    }
  }

  @Test(
    "runs nothing that a name brings along",
    .enabled(if: Chromium.isInstalled, "chromium is not installed"))
  func hostileInChromium() throws {
    var fixture = Fixture()
    fixture.samples = 6
    fixture.title = Self.hostile.joined(separator: " ")
    fixture.recording = fixture.title
    fixture.systemTitles = [fixture.title, Self.hostile[1]]
    let path = try fixture.make(in: scratch.path)
    let (file, _) = try write([path], vega: Self.vega)
    let dom = try Chromium.dom(of: file)
    expect(dom, contains: "data-ready=\"true\"")
    let title = dom.firstMatch(of: /<title>([^<]*)</).map { String($0.1) }
    #expect(title?.hasSuffix("· framelab") == true)
  }

  @Test("lays several results side by side, each with its own figures, and says how they differ")
  func comparison() throws {
    var fixture = Fixture()
    fixture.samples = 8
    let first = try fixture.make(in: scratch.path, name: "monday")
    fixture.frames = 16384
    let second = try fixture.make(in: scratch.path, name: "tuesday")
    let (_, html) = try write([first, second], vega: nil)
    let shown = try figures(html)
    for (number, path) in [first, second].enumerated() {
      for system in try RunResult.read(path).systems {
        let figure = Figure(
          result: number, system: system.name, moment: "end", key: FindingKey.heldBytes.rawValue)
        #expect(shown[figure]?.value == system.summary?[.end, .heldBytes]?.mean)
      }
    }
    expect(html, contains: "2 results side by side")
    expect(html, contains: "Lowest first · monday")
    expect(html, contains: "Lowest first · tuesday")
    expect(html, contains: "differ in machine size.")
    expect(html, contains: "framelab report monday tuesday")
  }

  @Test("leaves out a frame map that is missing or damaged, and says which")
  func lostMaps() throws {
    let path = try Fixture().make(in: scratch.path)
    try FileManager.default.removeItem(atPath: path + "/frames-lowest-0.bin.gz")
    try Data("x".utf8).write(to: URL(fileURLWithPath: path + "/frames-scattered-0.bin.gz"))
    let (_, html) = try write([path], vega: nil)
    let hasMap = html.contains("id=\"frame-map\"")
    #expect(!hasMap)
    expect(html, contains: "The frame map of Lowest first is left out")
    expect(html, contains: "The frame map of Scattered is left out")
  }

  @Test("never follows a frame map's name out of the result's folder")
  func mapPaths() throws {
    let path = try Fixture().make(in: scratch.path)
    let file = path + "/result.json"
    let json = try String(contentsOfFile: file, encoding: .utf8)
      .replacingOccurrences(of: "\"frames-lowest-0.bin.gz\"", with: "\"../../etc/passwd\"")
    try Data(json.utf8).write(to: URL(fileURLWithPath: file))
    let source = try Report.Source.read(path)
    #expect(source.losses == ["The frame map of Lowest first has no usable file name."])
  }

  @Test("finds the charts' runtime in the checkout, beside an installation, or where it is told")
  func runtimePlaces() throws {
    func put(_ path: String) throws {
      let url = URL(fileURLWithPath: scratch.path + path)
      try FileManager.default.createDirectory(
        at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
      try Data(path.utf8).write(to: url)
    }
    func found(_ folder: String, _ environment: [String: String] = [:]) -> String? {
      VegaRuntime.find(executableFolder: scratch.path + folder, environment: environment)
    }
    #expect(found("/checkout/.build/x/release") == nil)
    let venv = "/checkout/.venv/share/framelab/vega-bundle.js"
    try put(venv)
    #expect(found("/checkout/.build/x/release") == venv)
    let share = "/usr/share/framelab/vega-bundle.js"
    try put(share)
    #expect(found("/usr/bin") == share)
    #expect(found("/usr/bin", ["FRAMELAB_VEGA": scratch.path + venv]) == venv)
    #expect(found("/usr/bin", ["FRAMELAB_VEGA": "/nowhere"]) == nil)
  }
}

/// Keys that the main table has columns for.
enum FigureKeys {
  static let shown: [FindingKey] = [
    .liveBytes, .heldBytes, .heldPerLive, .virtualBlowUp, .physicalBlowUp,
    .unusableIndex(order: 9), .freeHugeBlocks, .idealHugeBlocks, .hugeShare,
  ]
}
