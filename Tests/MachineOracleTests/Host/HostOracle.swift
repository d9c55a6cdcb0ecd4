import Foundation
import Glibc

/// The host's kernel, behind vm-oracle: a child process that answers batches of sequences.
final class HostOracle: Reference {
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
    let test = Process()
    test.executableURL = URL(filePath: path)
    test.arguments = ["--self-test"]
    test.standardOutput = FileHandle.nullDevice
    guard (try? test.run()) != nil else { return "vm-oracle did not start" }
    test.waitUntilExit()
    return test.terminationStatus == 0 ? nil : "vm-oracle --self-test failed"
  }()

  /// Whether this user may know frames, by which the page of zeros is told from others.
  static let seesZeroPage = geteuid() == 0

  private let process = Process()
  private let requests = Pipe()
  private let responses = Pipe()

  private static let root = URL(filePath: #filePath).resolvingSymlinksInPath()
    .deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// The program, built from the sources as they stand.
  static let path: String = {
    let build = Process()
    build.executableURL = URL(filePath: "\(root)/scripts/build-native")
    try? build.run()
    build.waitUntilExit()
    return "\(root)/.build/release/vm-oracle"
  }()

  init() throws {
    process.executableURL = URL(filePath: Self.path)
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
