/// Where a file's bytes are when they are not in the page cache: a host file, or memory.
public protocol FileStore: AnyObject, Sendable {
  /// Length in bytes.
  var size: Int { get }

  /// Reads page `index` (4096 bytes); what lies past the end is zero.
  func readPage(_ index: Int) throws(Errno) -> [UInt8]

  /// Writes the bytes of page `index`, fewer than 4096 for the last one.
  func writePage(_ index: Int, _ bytes: [UInt8]) throws(Errno)

  /// Cuts the file or extends it with zeros.
  func resize(_ size: Int) throws(Errno)
}
