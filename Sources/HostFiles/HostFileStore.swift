package import LinuxHost
internal import Synchronization
package import VirtualMemory

/// A file of the host as a simulated machine sees it: its pages are read from there and written back
/// to there.
///
/// The host's errors come back by their numbers: ENOSPC, EDQUOT, EIO. A file that somebody else cuts
/// short while the machine has it is not believed: reading what is gone is EIO, to a mapping SIGBUS.
package final class HostFileStore: FileStore {
  private let file: any HostByteFile
  /// The length as this store knows it.
  private let length: Mutex<Int>

  /// Errors: as the host has them: ENOENT, EACCES, EISDIR, ENODEV (no regular file).
  package convenience init(
    _ path: String, writable: Bool = false, creating: Bool = false
  ) throws(HostFileError) {
    try self.init(LiveByteFile(path, writable: writable, creating: creating))
  }

  package init(_ file: any HostByteFile) throws(HostFileError) {
    self.file = file
    length = Mutex(try file.size())
  }

  package var isWritable: Bool { file.isWritable }

  package var size: Int { length.withLock { $0 } }

  package func readPage(_ index: Int) throws(Errno) -> [UInt8] {
    let there = min(4096, max(0, size - index << 12))
    var bytes: [UInt8] = []
    if there > 0 {
      do { bytes = try file.read(at: index << 12, count: there) } catch { throw Self.errno(error) }
    }
    guard bytes.count == there else { throw .inputOutput }
    return bytes + [UInt8](repeating: 0, count: 4096 - there)
  }

  package func writePage(_ index: Int, _ bytes: [UInt8]) throws(Errno) {
    do { try file.write(bytes, at: index << 12) } catch { throw Self.errno(error) }
    length.withLock { $0 = max($0, index << 12 + bytes.count) }
  }

  package func resize(_ size: Int) throws(Errno) {
    do { try file.truncate(to: size) } catch { throw Self.errno(error) }
    length.withLock { $0 = size }
  }

  package func sync() throws(Errno) {
    do { try file.sync() } catch { throw Self.errno(error) }
  }

  private static func errno(_ error: HostFileError) -> Errno { Errno(rawValue: error.code) }
}
