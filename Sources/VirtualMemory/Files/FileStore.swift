/// Where a file's bytes are when they are not in the page cache: a host file, or memory.
///
/// The machine knows a file by its store: whoever opens the same object opens the same file.
public protocol FileStore: AnyObject, Sendable {
  /// Length in bytes.
  var size: Int { get }

  /// Whether the file may be opened for writing.
  var isWritable: Bool { get }

  /// Reads page `index` (4096 bytes); what lies past the end is zero.
  func readPage(_ index: Int) throws(Errno) -> [UInt8]

  /// Writes the bytes of page `index`, fewer than 4096 for the last one; the file gets as long as that
  /// takes.
  func writePage(_ index: Int, _ bytes: [UInt8]) throws(Errno)

  /// Cuts the file or extends it with zeros.
  func resize(_ size: Int) throws(Errno)

  /// Makes what was written survive a loss of power.
  func sync() throws(Errno)
}

extension FileStore {
  public var isWritable: Bool { true }
  public func sync() throws(Errno) {}
}
