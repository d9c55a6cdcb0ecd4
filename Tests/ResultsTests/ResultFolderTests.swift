import Foundation
import Results
import Testing

@Suite("A result folder")
struct ResultFolderTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private func open(
    _ fingerprint: String, name: String = "run",
    resumption: ResultFolder.Resumption = .whenPossible, existing: ResultFolder.Existing = .keep
  ) throws -> ResultFolder {
    try ResultFolder.open(
      parent: scratch.path, name: name, fingerprint: fingerprint, resumption: resumption,
      existing: existing)
  }

  private func message(_ body: () throws -> Void) -> String? {
    do {
      try body()
      return nil
    } catch { return "\(error)" }
  }

  @Test("appears under its name only when sealed, with what was stored")
  func seals() throws {
    let folder = try open("f")
    try folder.store(Samples.repetition(7), system: "a", index: 0)
    try folder.store(Data([1, 2, 3]), file: "frames.bin")
    #expect(scratch.entries == [".run.partial"])
    let path = try folder.seal(Samples.result([Samples.repetition(7)]))
    #expect(scratch.entries == ["run"])
    #expect(path == scratch.path + "/run")
    let files = try FileManager.default.contentsOfDirectory(atPath: path).sorted()
    #expect(files == ["frames.bin", "result.json"])
    let read = try RunResult.read(path)
    #expect(read.systems.map(\.name) == ["a", "b"])
    #expect(read.systems[0].repetitions[0].samples == Samples.repetition(7).samples)
    #expect(try RunResult.read(path + "/result.json") == read)
  }

  @Test("that a killed run left is continued by a rerun, whatever name it has now")
  func resumes() throws {
    // Forgetting the folder is what SIGKILL does to it: the lock goes, the files stay.
    do {
      let killed = try open("f")
      #expect(killed.isFresh)
      try killed.store(Samples.repetition(1), system: "a", index: 0)
    }
    #expect(scratch.entries == [".run.partial"])
    let again = try open("f", name: "other-day")
    #expect(again.resumedCount == 1)
    #expect(again.hasRepetition(system: "a", index: 0))
    #expect(!again.hasRepetition(system: "a", index: 1))
    #expect(!again.hasRepetition(system: "b", index: 0))
    #expect(again.repetition(system: "a", index: 0) == Samples.repetition(1))
    try again.store(Samples.repetition(2), system: "a", index: 1)
    let path = try again.seal(Samples.result([Samples.repetition(1), Samples.repetition(2)]))
    #expect(scratch.entries == ["other-day"])
    #expect(path.hasSuffix("/other-day"))
  }

  @Test("ignores a repetition whose file is damaged or whose frame map is missing")
  func ignoresDamage() throws {
    do {
      let folder = try open("f")
      try folder.store(Samples.repetition(1), system: "a", index: 0)
      var mapped = Samples.repetition(2)
      mapped.frameMap = ResultFolder.frameMapName(system: "a", index: 1)
      try folder.store(mapped, system: "a", index: 1)
      #expect(!folder.hasRepetition(system: "a", index: 1))
      try folder.store(Data([0]), file: "frames-a-1.bin.gz")
      #expect(folder.hasRepetition(system: "a", index: 1))
      try Data("{\"half\":".utf8).write(
        to: URL(fileURLWithPath: folder.path(of: "resume/a-0.json")))
    }
    let again = try open("f")
    #expect(!again.hasRepetition(system: "a", index: 0))
    #expect(again.hasRepetition(system: "a", index: 1))
  }

  @Test("of another configuration is moved aside, or refused in one line when resuming")
  func movesAside() throws {
    do {
      let other = try open("other")
      try other.store(Samples.repetition(1), system: "a", index: 0)
    }
    let refusal = message { _ = try open("mine", resumption: .required) }
    #expect(refusal?.contains("another configuration, recording or version") == true)
    #expect(refusal?.contains("\n") == false)
    let mine = try open("mine")
    #expect(mine.isFresh)
    #expect(mine.movedAside == scratch.path + "/.run.partial.aside-1")
    #expect(scratch.entries == [".run.partial", ".run.partial.aside-1"])
    // What was moved aside is still found by its own run.
    _ = try mine.seal(Samples.result([]))
    let other = try open("other", resumption: .required)
    #expect(other.resumedCount == 1)
  }

  @Test("has nothing to resume when there is nothing")
  func nothingToResume() {
    let refusal = message { _ = try open("f", resumption: .required) }
    #expect(refusal?.contains("nothing to resume") == true)
  }

  @Test("starts anew when told to")
  func startsAnew() throws {
    do { try open("f").store(Samples.repetition(1), system: "a", index: 0) }
    let again = try open("f", resumption: .never)
    #expect(again.isFresh)
    #expect(!again.hasRepetition(system: "a", index: 0))
  }

  @Test("has one writer")
  func oneWriter() throws {
    let first = try open("f")
    #expect(message { _ = try open("f") }?.contains("another run is writing here") == true)
    #expect(message { _ = try open("g") }?.contains("another run is writing here") == true)
    #expect(first.isFresh)
  }

  @Test("sealed after Ctrl-C is readable, says what is missing and can be continued")
  func incomplete() throws {
    let folder = try open("f")
    try folder.store(Samples.repetition(1), system: "a", index: 0)
    var partial = Samples.result([Samples.repetition(1)])
    partial.incomplete = RunResult.Incomplete(
      reason: "stopped by Ctrl-C", missing: ["a": [1], "b": [0, 1]])
    let path = try folder.seal(partial)
    let read = try RunResult.read(path)
    #expect(read.incomplete?.missing == ["a": [1], "b": [0, 1]])
    let again = try open("f", resumption: .required)
    #expect(scratch.entries == [".run.partial"])
    #expect(again.hasRepetition(system: "a", index: 0))
    _ = try again.seal(Samples.result([Samples.repetition(1)]))
    #expect(try RunResult.read(path).isComplete)
  }

  @Test("keeps an older result of another run, and replaces it when told to")
  func olderResults() throws {
    let first = try open("f").seal(Samples.result([Samples.repetition(1)]))
    let same = try open("f").seal(Samples.result([Samples.repetition(1)]))
    #expect(first == same)
    let second = try open("g").seal(Samples.result([Samples.repetition(2)]))
    #expect(second == scratch.path + "/run-2")
    let replacing = try open("h", existing: .replace).seal(Samples.result([Samples.repetition(3)]))
    #expect(replacing == first)
    #expect(scratch.entries == ["run", "run-2"])
    #expect(try RunResult.read(first).systems[0].repetitions[0].seed == 3)
  }

  @Test("never replaces what is no result")
  func foreignFolder() throws {
    let foreign = scratch.path + "/run"
    try FileManager.default.createDirectory(atPath: foreign, withIntermediateDirectories: true)
    try Data("dear".utf8).write(to: URL(fileURLWithPath: foreign + "/diary.txt"))
    let refusal = message { _ = try open("f", existing: .replace) }
    #expect(refusal?.contains("is no framelab result") == true)
    #expect(try open("f").seal(Samples.result([])) == scratch.path + "/run-2")
  }

  @Test("keeps hostile system names inside the folder")
  func hostileNames() throws {
    let folder = try open("f", name: "../../x")
    let name = "../../../etc/<script>"
    try folder.store(Samples.repetition(1), system: name, index: 0)
    #expect(folder.hasRepetition(system: name, index: 0))
    _ = try folder.seal(Samples.result([]))
    #expect(scratch.entries == ["_._.._x"])
  }

  @Test("that cannot be made says where and why")
  func unwritable() throws {
    let file = scratch.path + "/file"
    try Data().write(to: URL(fileURLWithPath: file))
    do {
      _ = try ResultFolder.open(parent: file + "/inside", name: "run", fingerprint: "f")
      Issue.record("made a folder in a file")
    } catch {
      #expect(error.kind == .host)
      #expect(error.description.hasPrefix(file + "/inside: cannot be made: "))
      #expect(!error.description.contains("\n"))
    }
  }

  @Test(
    "on a full disk fails in one line, leaves no half result, and goes on once there is space",
    .enabled(if: FullDisk.isPossible, "needs root and mount"))
  func fullDisk() throws {
    let disk = try FullDisk(scratch.path + "/disk", kibibytes: 256)
    defer { disk.unmount() }
    func open() throws -> ResultFolder {
      try ResultFolder.open(parent: disk.path, name: "run", fingerprint: "f")
    }
    let refusal = message {
      let folder = try open()
      try folder.store(Samples.repetition(1), system: "a", index: 0)
      try folder.store(Data(repeating: 1, count: 400_000), file: "frames.bin")
    }
    #expect(
      refusal?.hasSuffix("frames.bin: cannot be written: no space left on the device") == true)
    let left = try FileManager.default.contentsOfDirectory(atPath: disk.path)
    #expect(left == [".run.partial"])
    let files = try FileManager.default.contentsOfDirectory(atPath: disk.path + "/.run.partial")
    #expect(files == ["resume"])
    let again = try open()
    #expect(again.hasRepetition(system: "a", index: 0))
    _ = try again.seal(Samples.result([Samples.repetition(1)]))
    #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path) == ["run"])
  }
}

/// A file system that is soon full.
struct FullDisk {
  let path: String

  /// Mounting needs root, and containers may forbid it all the same.
  static let isPossible: Bool = {
    let probe = NSTemporaryDirectory() + "/framelab-mount-probe-" + UUID().uuidString
    guard let disk = try? FullDisk(probe, kibibytes: 64) else { return false }
    disk.unmount()
    return true
  }()

  init(_ path: String, kibibytes: Int) throws {
    self.path = path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    do {
      try Self.run("mount", ["-t", "tmpfs", "-o", "size=\(kibibytes)k", "framelab", path])
    } catch {
      try? FileManager.default.removeItem(atPath: path)
      throw error
    }
  }

  func unmount() {
    try? Self.run("umount", [path])
    try? FileManager.default.removeItem(atPath: path)
  }

  private static func run(_ tool: String, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/" + tool)
    process.arguments = arguments
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else { throw CocoaError(.featureUnsupported) }
  }
}
