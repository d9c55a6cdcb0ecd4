internal import Foundation

extension RunResult {
  /// Reads a result from its folder or from the path of its `result.json`.
  public static func read(_ path: String) throws(ResultError) -> RunResult {
    guard FileManager.default.fileExists(atPath: path) else {
      throw ResultError(.badInput, path: path, message: "no such result")
    }
    let isFolder = (try? FileManager.default.contentsOfDirectory(atPath: path)) != nil
    let file = isFolder ? path + "/result.json" : path
    guard let data = FileManager.default.contents(atPath: file) else {
      throw ResultError(
        .badInput, path: file, message: "cannot be read; a result folder holds a result.json")
    }
    do {
      let version = try StableJSON.decode(SchemaOnly.self, from: data).schema
      guard version <= schemaVersion else {
        throw ResultError(
          .badInput, path: file,
          message: "schema \(version) is newer than this framelab, which reads up to "
            + "\(schemaVersion)")
      }
      return try StableJSON.decode(RunResult.self, from: data)
    } catch let error as ResultError {
      throw error
    } catch {
      throw ResultError(.badInput, path: file, message: "is no framelab result: \(words(error))")
    }
  }

  /// The part of a result that every version has.
  private struct SchemaOnly: Decodable {
    var schema: Int
    var fingerprint: String?
  }

  private static func header(of folder: String) -> SchemaOnly? {
    guard let data = FileManager.default.contents(atPath: folder + "/result.json") else {
      return nil
    }
    return try? StableJSON.decode(SchemaOnly.self, from: data)
  }

  /// Whether a folder holds a result of any version.
  static func isResult(_ folder: String) -> Bool { header(of: folder) != nil }

  /// The fingerprint of the result in a folder; nil when there is none.
  static func fingerprint(of folder: String) -> String? { header(of: folder)?.fingerprint }

  /// Where decoding failed and why, in a few words.
  private static func words(_ error: any Error) -> String {
    func place(_ path: [any CodingKey]) -> String {
      path.isEmpty
        ? "the top"
        : path.map { $0.intValue.map(String.init) ?? $0.stringValue }
          .joined(separator: ".")
    }
    return switch error {
    case DecodingError.keyNotFound(let key, let context):
      "\(key.stringValue) is missing at \(place(context.codingPath))"
    case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context):
      "the value at \(place(context.codingPath)) has the wrong type"
    case DecodingError.dataCorrupted(let context) where !context.codingPath.isEmpty:
      "the value at \(place(context.codingPath)) cannot be used"
    default: "it is not JSON"
    }
  }
}
