import Baselines
import Foundation
import Results
import Testing

/// What the launcher makes of children that do not do as they should.
@Suite struct LauncherTests {
  private static let request = JemallocHostRequest(
    recordsPath: "/nowhere", slotCount: 0, threadCount: 1, spanNs: 1, machineBytes: 4096,
    instances: 1, seed: 1, samples: 1, touch: "all")

  /// Runs a shell script in place of JemallocHost; the words of the error.
  private static func message(
    _ script: String, isCancelled: () -> Bool = { false }
  ) throws -> String {
    let file = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: file) }
    try Data("#!/bin/sh\n\(script)\n".utf8).write(to: file)
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o755], ofItemAtPath: file.path)
    do {
      _ = try SimulatedJemalloc(executable: file.path).run(request, isCancelled: isCancelled)
      return "no error"
    } catch {
      return "\(error)"
    }
  }

  @Test func crashNamesTheExecutableTheSignalAndTheLastWords() throws {
    let message = try Self.message(
      "echo first >&2; echo last words >&2; kill -9 $$")
    #expect(message == "JemallocHost was ended by signal 9: last words")
  }

  @Test func failureStatusIsNamed() throws {
    #expect(try Self.message("exit 7") == "JemallocHost ended with status 7")
  }

  @Test func endWithoutResultIsNamed() throws {
    let script = "echo '{\"progress\":0.5}'"
    #expect(try Self.message(script) == "JemallocHost ended without a result")
  }

  @Test func cancellingEndsTheChild() throws {
    let started = ContinuousClock.now
    let script = "echo '{\"progress\":0.5}'; exec sleep 60"
    #expect(try Self.message(script) { true } == "CancellationError()")
    #expect(ContinuousClock.now - started < .seconds(30))
  }

  @Test func missingExecutableIsNamed() {
    #expect {
      try SimulatedJemalloc(executable: "/nowhere/JemallocHost").run(Self.request)
    } throws: {
      "\($0)".hasPrefix("/nowhere/JemallocHost cannot be started")
    }
  }
}
