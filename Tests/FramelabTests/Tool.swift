import Foundation
import Testing

/// The built command line, run as a person would run it.
enum Tool {
  struct Outcome: Sendable {
    var code: Int32
    var output: String
    var errors: String
  }

  /// The executable lies beside the test bundle: both are products of one build.
  static let path: String = {
    let bundle =
      (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return URL(filePath: bundle).deletingLastPathComponent().appending(path: "framelab").path
  }()

  /// The root of the checkout that these tests belong to.
  static let checkout = URL(filePath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  static func run(
    _ arguments: [String], environment: [String: String] = [:], folder: String? = nil
  ) throws -> Outcome {
    try command(path, arguments, environment: environment, folder: folder)
  }

  /// Any program, its standard output and error through files so that neither can block it.
  static func command(
    _ program: String, _ arguments: [String], environment: [String: String] = [:],
    folder: String? = nil
  ) throws -> Outcome {
    let scratch = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: scratch, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: scratch) }
    let (output, errors) = (scratch.appending(path: "output"), scratch.appending(path: "errors"))
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    process.environment = ProcessInfo.processInfo.environment
      .merging(environment) { $1 }
    if let folder { process.currentDirectoryURL = URL(filePath: folder) }
    process.standardInput = FileHandle.nullDevice
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationStatus,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }
}
