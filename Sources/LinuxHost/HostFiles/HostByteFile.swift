/// One open file of the host: the seam at which tests put a disk that is full or a file that others
/// cut short.
package protocol HostByteFile: AnyObject, Sendable {
  var isWritable: Bool { get }

  /// Length in bytes.
  func size() throws(HostFileError) -> Int

  /// At most `count` bytes from `offset`; fewer only at the end of the file.
  func read(at offset: Int, count: Int) throws(HostFileError) -> [UInt8]

  /// Writes all of the bytes or fails; what was written before it failed stays.
  func write(_ bytes: [UInt8], at offset: Int) throws(HostFileError)

  /// Cuts the file or extends it with zeros.
  func truncate(to size: Int) throws(HostFileError)

  /// Waits until the device has everything.
  func sync() throws(HostFileError)
}
