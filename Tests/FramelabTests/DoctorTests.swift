import Foundation
import Testing

@Suite("framelab doctor")
struct DoctorTests {
  private struct Report: Decodable {
    struct Facility: Decodable {
      var name: String
      var state: String
      var need: String
      var detail: String
      var cost: String?
      var remedy: String?
    }
    var version: String
    var can_run: Bool
    var facilities: [Facility]
  }

  private func report() throws -> (code: Int32, report: Report) {
    let outcome = try Tool.run(["doctor", "--json"])
    return (
      outcome.code, try JSONDecoder().decode(Report.self, from: Data(outcome.output.utf8))
    )
  }

  @Test("exits 0 when a run has what it needs, else 3")
  func exitCode() throws {
    let (code, report) = try report()
    let lacking = report.facilities.filter { $0.need == "run" && $0.state == "missing" }
    #expect(report.can_run == lacking.isEmpty)
    #expect(code == (lacking.isEmpty ? 0 : 3))
  }

  @Test("says what each missing facility costs and how to get it")
  func costs() throws {
    let (_, report) = try report()
    #expect(report.facilities.count > 15)
    for facility in report.facilities where facility.state != "present" {
      #expect(facility.cost?.isEmpty == false, "\(facility.name)")
      #expect(facility.remedy?.isEmpty == false, "\(facility.name)")
    }
  }

  @Test("prints an answer first, then a row per facility, within 100 columns")
  func text() throws {
    let (_, report) = try report()
    let outcome = try Tool.run(["doctor"])
    let lines = outcome.output.split(separator: "\n", omittingEmptySubsequences: false)
    #expect(lines.first?.contains("framelab run") == true)
    for facility in report.facilities {
      #expect(outcome.output.contains(facility.name))
    }
    // Only a path that cannot be broken may be longer.
    for line in lines where line.count > 100 {
      #expect(line.contains("/"), "\(line)")
    }
    #expect(!outcome.output.contains("\u{1B}"))
  }

  @Test("says without root that frame numbers are hidden", .enabled(if: Privileges.canDrop))
  func withoutRoot() throws {
    let outcome = try Tool.command(
      "/usr/bin/setpriv",
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", Tool.path, "doctor"])
    #expect(outcome.output.contains("missing  root"))
    #expect(outcome.output.contains("missing  page flags"))
    #expect(outcome.output.contains("/proc/kpageflags may not be read"))
  }
}

private enum Privileges {
  /// Whether this process is root and can start the tool as nobody.
  static let canDrop: Bool = {
    let probe = try? Tool.command(
      "/usr/bin/setpriv",
      ["--reuid", "65534", "--regid", "65534", "--clear-groups", Tool.path, "--version"])
    return probe?.code == 0
  }()
}
