import Foundation
import Testing
import TraceFormats

/// heap-driver and what the tests preload into it.
enum Driver {
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// Built here, so that the tests see the sources as they stand.
  static let path: String = {
    let outcome = try? run("\(root)/scripts/build-native", [])
    guard outcome?.code == 0 else { return "/nonexistent: scripts/build-native failed" }
    return "\(root)/.build/release/heap-driver"
  }()

  struct Outcome {
    var code: Int32
    var output: String
    var errors: String

    /// The values of `key` in the order of the lines.
    func values(_ key: String) -> [UInt64] {
      output.split(separator: "\n").compactMap { line in
        let found = line.firstRange(of: "\"\(key)\":")
        return found.flatMap { UInt64(line[$0.upperBound...].prefix { $0.isNumber }) }
      }
    }
  }

  /// Runs a program with an environment of its own and reads all it says.
  static func run(
    _ program: String, _ arguments: [String], environment: [String: String]? = nil,
    input: CInt? = nil
  ) throws -> Outcome {
    let scratch = try Scratch()
    let process = Process()
    process.executableURL = URL(filePath: program)
    process.arguments = arguments
    if let environment { process.environment = environment }
    process.standardInput =
      input.map { FileHandle(fileDescriptor: $0, closeOnDealloc: false) } ?? FileHandle.nullDevice
    let (output, errors) = (scratch.file("output"), scratch.file("errors"))
    for file in [output, errors] { try Data().write(to: file) }
    process.standardOutput = try FileHandle(forWritingTo: output)
    process.standardError = try FileHandle(forWritingTo: errors)
    try process.run()
    process.waitUntilExit()
    return Outcome(
      code: process.terminationReason == .exit ? process.terminationStatus : -1,
      output: try String(contentsOf: output, encoding: .utf8),
      errors: try String(contentsOf: errors, encoding: .utf8))
  }

  /// Replays `trace` under the allocator that `preload` names.
  static func replay(
    _ trace: HeapTrace, sampleTimesNs: [UInt64], touch: TouchModel = .all, preload: String? = nil,
    verify: Bool = false
  ) throws -> Outcome {
    let file = try FlatHeapFile(
      trace, sampleTimesNs: sampleTimesNs, touch: touch, folder: NSTemporaryDirectory())
    return try run(
      path, verify ? ["--verify", "-"] : ["-"],
      environment: preload.map { ["LD_PRELOAD": $0] } ?? [:], input: file.descriptor)
  }

  /// A shared library from C source, in `scratch`.
  static func library(_ source: String, _ scratch: borrowing Scratch) throws -> String {
    let (text, binary) = (scratch.file("library.c"), scratch.file("library.so").path)
    try Data(source.utf8).write(to: text)
    let outcome = try run(
      "/usr/bin/env",
      ["clang", "-O1", "-shared", "-fPIC", "-fno-builtin", "-o", binary, text.path])
    try #require(outcome.code == 0, "\(outcome.errors)")
    return binary
  }
}

/// A folder that exists for the time of one test.
struct Scratch: ~Copyable {
  let folder: URL

  init() throws {
    folder = FileManager.default.temporaryDirectory
      .appending(path: "framelab-tests-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(at: folder) }

  func file(_ name: String) -> URL { folder.appending(path: name) }
}
