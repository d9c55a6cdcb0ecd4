import Foundation
import Reporting
import Results
import Testing

@Suite("The report on a terminal")
struct TerminalTests {
  private func text(
    titles: [String] = ["Lowest first", "Scattered"], width: Int = 100, hasColour: Bool = false
  ) throws -> String {
    let scratch = try ScratchFolder()
    var fixture = Fixture()
    fixture.samples = 6
    fixture.systemTitles = titles
    let path = try fixture.make(in: scratch.path)
    return try Report([Report.Source.read(path)])
      .terminal(path: "some/report.html", width: width, hasColour: hasColour)
  }

  @Test("has the answer first, then the table, then where to look further")
  func order() throws {
    let lines = try text().split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first?.hasPrefix("After the run") == true)
    let head = try #require(lines.firstIndex { $0.hasPrefix("system ") })
    #expect(lines[head + 2].hasPrefix("Lowest first "))
    #expect(lines[head + 4].hasPrefix("as recorded "))
    #expect(lines.suffix(2).first == "some/report.html   (seed 1, 1 repetition)")
    #expect(lines.last?.isEmpty == true)
  }

  @Test("fits its width, whatever the names", arguments: [60, 72, 80, 100])
  func width(_ width: Int) throws {
    let long = String(repeating: "long name ", count: 20)
    for line in try text(titles: [long, long + "2"], width: width).split(separator: "\n") {
      #expect(line.count <= width, "\(line)")
    }
  }

  @Test("sends the terminal nothing but text, and colour only when told to")
  func controls() throws {
    let hostile = "\u{1b}]0;owned\u{7}\u{1b}[2J"
    let plain = try text(titles: [hostile, "b"])
    #expect(!plain.unicodeScalars.contains { $0.value < 32 && $0 != "\n" })
    #expect(try text(hasColour: true).contains("\u{1b}[2m"))
  }
}
