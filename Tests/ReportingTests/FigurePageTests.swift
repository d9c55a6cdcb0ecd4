import Foundation
import Reporting
import Testing

@Suite("A page of figures")
struct FigurePageTests {
  static let page = FigurePage(
    title: "Fast & tidy", subtitle: "ns", answer: ["A takes 2 ns."],
    sections: [
      FigureSection(
        title: "order 0", reading: "Further left is faster.",
        charts: [
          .dots(
            title: "bulk alloc", unit: "ns",
            [FigureDot(series: "A <b>", low: 1, value: 2, high: 3, tick: 1.5)]),
          .shares(
            title: "free", steps: "rounds", [FigureLine(series: "A <b>", shares: [0, 0.5])]),
        ],
        table: [["allocator", "bulk"], ["A <b>", "2.0"]], notes: ["A note."])
    ],
    made: [("command", "framelab bench")], series: ["A <b>", "stack"], reference: "stack")

  @Test("words, tables and how it was made are there without charts, and names are escaped")
  func plain() throws {
    let html = try Self.page.html(vega: nil)
    for text in [
      "<h1>Fast &amp; tidy</h1>", "A takes 2 ns.", "Further left is faster.", "A &lt;b&gt;",
      "<td>2.0</td>", "A note.", "framelab bench", "charts-missing",
    ] {
      #expect(html.contains(text), "\(text)")
    }
    #expect(!html.contains("<b>") && !html.contains("vegaEmbed(document"))
  }

  @Test("every chart has a place, a specification and a sentence that says how to read it")
  func charts() throws {
    let html = try Self.page.html(vega: "/* runtime */")
    for id in ["chart-0", "chart-1"] {
      #expect(html.contains("id=\"\(id)\"") && html.contains("{\"id\":\"\(id)\""))
    }
    #expect(html.contains("\"tick\":1.5") && html.contains("vegaEmbed(document"))
  }

  @Test(
    "Chromium draws it",
    .enabled(if: Chromium.isInstalled && PageTests.vega != nil, "needs chromium and vega"))
  func drawn() throws {
    let folder = try ScratchFolder()
    let file = folder.path + "/report.html"
    try Data(try Self.page.html(vega: PageTests.vega).utf8).write(to: URL(filePath: file))
    let dom = try Chromium.dom(of: file)
    #expect(dom.matches(of: /<svg[^>]*class="marks"/).count == 2)
  }
}
