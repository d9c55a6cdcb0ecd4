package import MemoryUnits

/// What the probes ask the host for: the seam at which tests put another host.
package protocol HostView: Sendable {
  /// At most `count` bytes of the file from `offset`; fewer only at its end.
  func bytes(
    of path: String, from offset: UInt64, count: Int
  ) throws(HostFileError) -> [UInt8]

  func exists(_ path: String) -> Bool

  /// The names in a folder, sorted; none when there is no such folder.
  func names(in folder: String) -> [String]

  /// Bytes that this process may still write on the file system of `path`.
  func freeBytes(at path: String) -> ByteCount?
}

extension HostView {
  /// The whole of a text file, read to its end: /proc files name no size.
  package func text(of path: String) throws(HostFileError) -> String {
    String(decoding: try bytes(of: path, from: 0, count: .max), as: UTF8.self)
  }

  /// The first line without its line end, nil when the file cannot be read.
  package func line(of path: String) -> String? {
    guard let text = try? text(of: path) else { return nil }
    return String(text.prefix { $0 != "\n" })
  }

  /// The number in a file that holds one, nil when it cannot be read or is none.
  package func number(of path: String) -> UInt64? {
    line(of: path).flatMap { UInt64($0) }
  }
}
