internal import Foundation
internal import Glibc

extension ResultFolder {
  /// What to do about a partial folder of an earlier run.
  public enum Resumption: Sendable, Hashable {
    /// Go on with one of the same fingerprint, else start anew: what every rerun does.
    case whenPossible
    /// There has to be one of the same fingerprint: `--resume`.
    case required
    /// Start anew.
    case never
  }

  /// What happens to an older result that has the name of the new one.
  public enum Existing: Sendable, Hashable {
    /// It stays, and the new one is called `NAME-2`, unless both have the same fingerprint.
    case keep
    /// It is replaced: what `--output` asks for.
    case replace
  }

  /// Opens the folder of a run that is about to start.
  ///
  /// A partial folder with the same fingerprint is continued, whatever its name, and so is a sealed
  /// but incomplete result (after Ctrl-C). A partial folder of this name that belongs
  /// to another run is moved aside, or refused when `resumption` is `.required`. A folder that a
  /// living process writes to is refused, and so is a name that something other than a result has:
  /// nothing but results is ever replaced.
  public static func open(
    parent: String, name: String, fingerprint: String, resumption: Resumption = .whenPossible,
    existing: Existing = .keep
  ) throws(ResultError) -> ResultFolder {
    try makeFolder(parent)
    let name = fileName(name)
    if existing == .replace { try refuseForeign("\(parent)/\(name)") }
    let partial = "\(parent)/.\(name).partial"
    var movedAside: String?
    var resumes = false
    if resumption != .never {
      resumes = try adopt(parent: parent, fingerprint: fingerprint, as: partial)
    }
    if !resumes {
      if resumption == .required {
        throw refusal(parent: parent, partial: partial, fingerprint: fingerprint)
      }
      if FileManager.default.fileExists(atPath: partial) {
        movedAside = try moveAside(partial)
      }
    }
    try makeFolder(partial + "/resume")
    let lock = try lockFolder(partial)
    try write(Data(fingerprint.utf8), to: partial + "/resume/fingerprint")
    return ResultFolder(
      parent: parent, name: name, fingerprint: fingerprint, partialPath: partial, lock: lock,
      movedAside: movedAside, resumedCount: finishedRepetitions(partial), existing: existing)
  }

  /// Finds what an earlier run with this fingerprint left and gives it the name `partial`.
  private static func adopt(
    parent: String, fingerprint: String, as partial: String
  ) throws(ResultError) -> Bool {
    if storedFingerprint(partial) == fingerprint { return true }
    let candidates = (try? FileManager.default.contentsOfDirectory(atPath: parent)) ?? []
    for candidate in candidates.sorted() {
      let path = "\(parent)/\(candidate)"
      guard storedFingerprint(path) == fingerprint, !isLocked(path) else { continue }
      if FileManager.default.fileExists(atPath: partial) { _ = try moveAside(partial) }
      try move(path, to: partial)
      // A sealed partial result is no result any more once it is continued.
      for stale in ["result.json", "report.html"] {
        try? FileManager.default.removeItem(atPath: "\(partial)/\(stale)")
      }
      return true
    }
    return false
  }

  private static func refusal(parent: String, partial: String, fingerprint: String) -> ResultError {
    if storedFingerprint(partial) != nil {
      return ResultError(
        .badInput, path: partial,
        message: "belongs to a run with another configuration, recording or version; "
          + "run without --resume to start anew")
    }
    return ResultError(
      .badInput, path: parent, message: "nothing to resume: no partial result of this run here")
  }

  private static func storedFingerprint(_ path: String) -> String? {
    FileManager.default.contents(atPath: path + "/resume/fingerprint").map {
      String(decoding: $0, as: UTF8.self)
    }
  }

  private static func finishedRepetitions(_ partial: String) -> Int {
    let files = (try? FileManager.default.contentsOfDirectory(atPath: partial + "/resume")) ?? []
    return files.count { $0.hasSuffix(".json") }
  }

  /// Throws when there is something at `path` that is neither a result nor an empty folder.
  static func refuseForeign(_ path: String) throws(ResultError) {
    guard FileManager.default.fileExists(atPath: path) else { return }
    let files = try? FileManager.default.contentsOfDirectory(atPath: path)
    if let files, files.isEmpty || RunResult.isResult(path) { return }
    throw ResultError(
      .badInput, path: path, message: "exists and is no framelab result; choose another name")
  }

  /// Renames a folder that is in the way to the first free `NAME.aside-N`, hidden as it was.
  private static func moveAside(_ path: String) throws(ResultError) -> String {
    if isLocked(path) { throw busy(path) }
    var number = 1
    while FileManager.default.fileExists(atPath: "\(path).aside-\(number)") { number += 1 }
    let target = "\(path).aside-\(number)"
    try move(path, to: target)
    return target
  }

  static func move(_ path: String, to target: String) throws(ResultError) {
    do {
      try FileManager.default.moveItem(atPath: path, toPath: target)
    } catch {
      throw ResultError(.host, path: path, message: "cannot be renamed: \(reason(error))")
    }
  }

  private static func makeFolder(_ path: String) throws(ResultError) {
    do {
      try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    } catch {
      throw ResultError(.host, path: path, message: "cannot be made: \(reason(error))")
    }
  }

  // MARK: One writer

  private static func lockFolder(_ partial: String) throws(ResultError) -> FileHandle {
    let path = partial + "/resume/lock"
    if !FileManager.default.fileExists(atPath: path) { try write(Data(), to: path) }
    guard let handle = FileHandle(forUpdatingAtPath: path) else {
      throw ResultError(.host, path: path, message: "cannot be opened")
    }
    // A child process that outlives a killed parent must not keep the lock.
    _ = fcntl(handle.fileDescriptor, F_SETFD, FD_CLOEXEC)
    guard flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) == 0 else { throw busy(partial) }
    return handle
  }

  /// Whether a living process writes to the folder.
  private static func isLocked(_ folder: String) -> Bool {
    guard let handle = FileHandle(forUpdatingAtPath: folder + "/resume/lock") else { return false }
    defer { try? handle.close() }
    return flock(handle.fileDescriptor, LOCK_EX | LOCK_NB) != 0
  }

  private static func busy(_ path: String) -> ResultError {
    ResultError(.host, path: path, message: "another run is writing here")
  }
}
