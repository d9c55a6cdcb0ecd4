internal import Foundation
public import Results

extension Report {
  /// One result that a report is made of.
  public struct Source: Sendable {
    /// What tells it from the other results of a report: the name of its folder.
    public var label: String
    public var result: RunResult
    /// The frame maps of the first repetitions, by system name.
    public var frameMaps: [String: FrameMap]
    /// What could not be read and is left out of the report, one sentence each.
    public var losses: [String]

    public init(
      label: String, result: RunResult, frameMaps: [String: FrameMap] = [:], losses: [String] = []
    ) {
      self.label = label
      self.result = result
      self.frameMaps = frameMaps
      self.losses = losses
    }

    /// A result whose frame maps lie in `folder`, which may still have its temporary name. A map
    /// that is missing or damaged is a loss, not an error.
    public init(label: String, result: RunResult, folder: String) {
      self.init(label: label, result: result)
      for system in result.systems {
        guard let name = system.repetitions.first?.frameMap else { continue }
        // The name comes from a file: it may not lead out of the folder.
        guard !name.contains("/"), name != "..", !name.isEmpty else {
          losses.append("The frame map of \(system.title) has no usable file name.")
          continue
        }
        do {
          frameMaps[system.name] = try FrameMap.read(folder + "/" + name)
        } catch {
          losses.append("The frame map of \(system.title) is left out: \(name) \(error.message).")
        }
      }
    }

    /// Reads a result folder, or the `result.json` in it.
    public static func read(_ path: String) throws(ResultError) -> Source {
      var result = try RunResult.read(path)
      // A result of an earlier version may lack what is computed from its samples.
      for index in result.deterministic.systems.indices {
        result.deterministic.systems[index].completeFindings()
      }
      for index in result.measured.systems.indices {
        result.measured.systems[index].completeFindings()
      }
      let isFile = path.hasSuffix(".json")
      let folder = isFile ? URL(fileURLWithPath: path).deletingLastPathComponent().path : path
      let label = URL(fileURLWithPath: folder).standardizedFileURL.lastPathComponent
      return Source(label: label, result: result, folder: folder)
    }
  }
}

extension SystemRun {
  fileprivate mutating func completeFindings() {
    if summary == nil { findAll() }
  }
}
