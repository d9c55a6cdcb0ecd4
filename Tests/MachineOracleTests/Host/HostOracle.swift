import Foundation
import Glibc

/// The host's kernel, behind vm-oracle: a child process that answers batches of sequences.
final class HostOracle: Reference {
  /// A host that could be the oracle and is not: tests fail by it, instead of passing unnoticed.
  struct Broken: Error, CustomStringConvertible { var description: String }

  /// Why this host cannot be the oracle: the areas of a process are asked for by an ioctl of Linux 6.11,
  /// and the answers that the model gives are those of 6.17 and later, in which areas merge in more
  /// cases and mremap moves several at once. Nil when it can.
  static let obstacle: String? = {
    let release = (try? String(contentsOfFile: "/proc/sys/kernel/osrelease", encoding: .utf8)) ?? ""
    let numbers = release.split(separator: ".").prefix(2).compactMap { Int($0) }
    guard numbers.count == 2, (numbers[0], numbers[1]) >= (6, 17) else {
      return "Linux \(release) answers differently from 6.17"
    }
    return nil
  }()

  /// Whether this user may know frames, by which the page of zeros is told from others.
  static let seesZeroPage = geteuid() == 0

  private let process = Process()
  private let requests = Pipe()
  private let responses = Pipe()

  private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// The program, built from the sources as they stand, once it has passed its own test.
  static let program = Result<String, Broken> { () throws(Broken) in
    try finish("\(root)/scripts/build-native", [], "vm-oracle does not build")
    let path = "\(root)/.build/release/vm-oracle"
    try finish(path, ["--self-test"], "vm-oracle --self-test fails")
    return path
  }

  /// Runs a command to its end; throws unless that is 0.
  static func finish(
    _ path: String, _ arguments: [String], _ failure: String
  ) throws(Broken) {
    let process = Process()
    process.executableURL = URL(filePath: path)
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    do { try process.run() } catch {
      throw Broken(description: "\(failure): \(path) does not start: \(error)")
    }
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Broken(description: "\(failure): status \(process.terminationStatus)")
    }
  }

  init() throws {
    process.executableURL = URL(filePath: try Self.program.get())
    process.standardInput = requests
    process.standardOutput = responses
    try process.run()
  }

  deinit {
    try? requests.fileHandleForWriting.close()
    process.waitUntilExit()
  }

  func run(_ sequences: [OperationSequence]) throws -> [[Answer]] {
    try requests.fileHandleForWriting.write(contentsOf: Data(Wire.request(sequences)))
    let header = try read(16)
    guard header.uint32(0) == Wire.responseMagic else {
      throw Broken(description: "vm-oracle answered something else")
    }
    return try Wire.answers(try read(Int(header.uint64(8))), to: sequences)
  }

  private func read(_ count: Int) throws -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    while bytes.count < count {
      guard
        let more = try responses.fileHandleForReading.read(upToCount: count - bytes.count),
        !more.isEmpty
      else { throw Broken(description: "vm-oracle ended early") }
      bytes.append(contentsOf: more)
    }
    return bytes
  }
}
