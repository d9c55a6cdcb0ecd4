import Foundation
import Sessions
import Testing

/// The scripts in Workloads/machine.
let scriptFolder = URL(filePath: #filePath).deletingLastPathComponent()
  .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Workloads/machine")

@Suite("Sessions: the slides")
struct WorkloadTests {
  static let scripts =
    (try? FileManager.default.contentsOfDirectory(atPath: scriptFolder.path))?
    .filter { $0.hasSuffix(".machine") }.sorted() ?? []

  @Test("every script runs to its end with all expectations met", arguments: scripts)
  func script(_ name: String) throws {
    let text = try String(contentsOf: scriptFolder.appending(path: name), encoding: .utf8)
    #expect(text.hasPrefix("# "), "\(name) says nothing about itself")
    for line in text.split(separator: "\n") {
      #expect(line.count <= 100, "\(name): \(line)")
    }
    let session = Session()
    var checks = 0
    try Script(name: name, text: text).run(in: session) { number, _, reply in
      if reply?.isCheck == true { checks += 1 }
      for line in reply?.lines ?? [] {
        #expect(line.plain.count <= 98, "\(name):\(number): \(line.plain)")
      }
    }
    #expect(checks >= 5, "\(name) checks too little")
  }

  @Test("there are scripts")
  func scriptsAreThere() { #expect(Self.scripts.count >= 8) }
}
