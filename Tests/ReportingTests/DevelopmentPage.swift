import Foundation
import Reporting
import Testing

@Test(.enabled(if: ProcessInfo.processInfo.environment["DEVPAGE"] != nil))
func developmentPage() throws {
  let folder = ProcessInfo.processInfo.environment["DEVPAGE"] ?? ""
  var fixture = Fixture()
  fixture.frames = 1 << 17
  fixture.samples = 60
  fixture.repetitions = 3
  let path = try fixture.make(in: folder)
  let report = try Report([Report.Source.read(path)])
  let vega = VegaRuntime.find(executableFolder: FileManager.default.currentDirectoryPath)
  try Data(report.html(vega: vega).utf8).write(to: URL(fileURLWithPath: path + "/report.html"))
  print(report.terminal(path: path + "/report.html"))
}
