internal import Foundation

extension ResultFolder {
  /// Writes `result.json`, gives the folder its final name and returns its path.
  ///
  /// An older result that is to be replaced goes in two renames: there is never half a result under
  /// the final name. A complete result loses the bookkeeping of the run; an incomplete one keeps it,
  /// so that a rerun can go on with it. The folder object is of no use afterwards.
  public func seal(_ result: RunResult) throws(ResultError) -> String {
    var result = result
    result.fingerprint = fingerprint
    let data: Data
    do {
      data = try StableJSON.encode(result)
    } catch {
      throw ResultError(
        .badInput, path: path(of: "result.json"), message: "holds a number without a value")
    }
    try store(data, file: "result.json")
    let final = try freeName()
    if result.isComplete {
      do {
        try FileManager.default.removeItem(atPath: path(of: "resume"))
      } catch {
        throw ResultError(
          .host, path: path(of: "resume"), message: "cannot be removed: \(Self.reason(error))")
      }
    }
    var replaced: String?
    if FileManager.default.fileExists(atPath: final) {
      let old = "\(parent)/.\(name).replaced"
      try? FileManager.default.removeItem(atPath: old)
      try Self.move(final, to: old)
      replaced = old
    }
    try Self.move(partialPath, to: final)
    try? lock.close()
    if let replaced { try? FileManager.default.removeItem(atPath: replaced) }
    return final
  }

  /// The final path: `NAME`, or the first of `NAME-2`, `NAME-3`, ... when another run's result has
  /// that name and is to be kept.
  private func freeName() throws(ResultError) -> String {
    let path = "\(parent)/\(name)"
    if existing == .replace {
      try Self.refuseForeign(path)
      return path
    }
    var number = 1
    while true {
      let candidate = number == 1 ? path : "\(path)-\(number)"
      if !FileManager.default.fileExists(atPath: candidate)
        || RunResult.fingerprint(of: candidate) == fingerprint
      {
        return candidate
      }
      number += 1
    }
  }
}
