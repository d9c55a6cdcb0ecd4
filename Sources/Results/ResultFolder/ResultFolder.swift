public import Foundation

/// A result while it is being made: a folder under a temporary name, `.NAME.partial` beside the
/// final `NAME`, that gets its final name in one step when it is complete.
///
/// ```
/// .NAME.partial/
///   resume/fingerprint        which run this is
///   resume/lock               held by the process that writes
///   resume/SYSTEM-INDEX.json  one finished repetition each
///   frames-SYSTEM-INDEX.bin.gz and other larger files, as they will be in the result
/// ```
///
/// Invariants: every file here is written to a temporary name and renamed, so that whatever exists
/// is whole; a folder without a leading dot holds a sealed `result.json`. A process that is killed
/// at any point leaves at most a partial folder, and the next run with the same fingerprint goes on
/// with it.
public final class ResultFolder: Sendable {
  /// Folder that the result will be in.
  public let parent: String
  public let name: String
  /// What the run depends on: configuration, recording, version. Equal fingerprints promise equal
  /// deterministic parts.
  public let fingerprint: String
  /// The folder as it is now, under its temporary name.
  public let partialPath: String
  /// Where a folder of another run was put that was in the way; nil mostly.
  public let movedAside: String?
  /// Finished repetitions that an earlier run left.
  public let resumedCount: Int
  /// What to do with an older result of this name.
  let existing: Existing

  /// Kept open for its lock, which the kernel drops with the process.
  let lock: FileHandle

  init(
    parent: String, name: String, fingerprint: String, partialPath: String, lock: FileHandle,
    movedAside: String?, resumedCount: Int, existing: Existing
  ) {
    self.parent = parent
    self.name = name
    self.fingerprint = fingerprint
    self.partialPath = partialPath
    self.lock = lock
    self.movedAside = movedAside
    self.resumedCount = resumedCount
    self.existing = existing
  }

  /// Whether the folder holds nothing of an earlier run.
  public var isFresh: Bool { resumedCount == 0 }

  /// Path of a file that belongs to the result, under the folder's temporary name.
  public func path(of file: String) -> String { partialPath + "/" + file }

  /// Name of the frame map of a repetition, relative to the folder.
  public static func frameMapName(system: String, index: Int) -> String {
    "frames-\(fileName(system))-\(index).bin.gz"
  }

  // MARK: Repetitions

  /// Whether an earlier run finished this repetition, with the frame map that it names.
  public func hasRepetition(system: String, index: Int) -> Bool {
    repetition(system: system, index: index) != nil
  }

  /// A finished repetition; nil when there is none that is whole.
  public func repetition(system: String, index: Int) -> Repetition? {
    guard
      let data = FileManager.default.contents(atPath: repetitionPath(system, index)),
      let stored = try? StableJSON.decode(StoredRepetition.self, from: data),
      stored.system == system, stored.index == index
    else { return nil }
    if let map = stored.repetition.frameMap,
      !FileManager.default.fileExists(atPath: path(of: map))
    {
      return nil
    }
    return stored.repetition
  }

  /// Stores a finished repetition; its frame map, if it has one, has been stored before.
  public func store(_ repetition: Repetition, system: String, index: Int) throws(ResultError) {
    let stored = StoredRepetition(system: system, index: index, repetition: repetition)
    let path = repetitionPath(system, index)
    let data: Data
    do {
      data = try StableJSON.encode(stored)
    } catch {
      throw ResultError(.badInput, path: path, message: "\(system) has a number without a value")
    }
    try Self.write(data, to: path)
  }

  /// Stores a larger file of the result: a frame map, a page.
  public func store(_ data: Data, file: String) throws(ResultError) {
    try Self.write(data, to: path(of: file))
  }

  private func repetitionPath(_ system: String, _ index: Int) -> String {
    path(of: "resume/\(Self.fileName(system))-\(index).json")
  }

  /// One finished repetition as it lies in the partial folder.
  private struct StoredRepetition: Codable {
    var system: String
    var index: Int
    var repetition: Repetition
  }

  // MARK: Files

  /// Letters, digits, `.`, `-` and `_` of a name; everything else becomes `_`, and a leading dot
  /// too, so that no name leaves its folder.
  static func fileName(_ name: String) -> String {
    var result = ""
    for scalar in name.unicodeScalars {
      let allowed =
        switch scalar {
        case "a"..."z", "A"..."Z", "0"..."9", "-", "_": true
        case ".": !result.isEmpty
        default: false
        }
      result.unicodeScalars.append(allowed ? scalar : "_")
    }
    return result.isEmpty ? "_" : result
  }

  /// Writes a file so that it exists whole or not at all.
  static func write(_ data: Data, to path: String) throws(ResultError) {
    do {
      try data.write(to: URL(fileURLWithPath: path), options: .atomic)
    } catch {
      throw ResultError(.host, path: path, message: "cannot be written: \(reason(error))")
    }
  }

  /// The operating system's words for an error of Foundation.
  static func reason(_ error: any Error) -> String {
    var current = error as NSError
    while let inner = current.userInfo[NSUnderlyingErrorKey] as? NSError { current = inner }
    if current.domain == NSPOSIXErrorDomain {
      return POSIXErrorCode(rawValue: Int32(current.code)).map { posixWords($0) }
        ?? "error \(current.code)"
    }
    return switch CocoaError.Code(rawValue: current.code) {
    case .fileWriteNoPermission, .fileReadNoPermission: "no permission"
    case .fileWriteOutOfSpace: "no space left on the device"
    case .fileNoSuchFile, .fileReadNoSuchFile: "no such file or folder"
    case .fileWriteVolumeReadOnly: "the file system is read-only"
    default: current.localizedDescription
    }
  }

  private static func posixWords(_ code: POSIXErrorCode) -> String {
    switch code {
    case .EACCES, .EPERM: "no permission"
    case .ENOSPC: "no space left on the device"
    case .EDQUOT: "the disk quota is used up"
    case .EROFS: "the file system is read-only"
    case .ENOENT: "no such file or folder"
    case .ENOTDIR: "a part of the path is not a folder"
    case .EIO: "input/output error"
    default: "error \(code.rawValue)"
    }
  }
}
