import Glibc

/// A regular file of this host, closed when this object goes away.
package final class LiveByteFile: HostByteFile {
  private let path: String
  private let descriptor: Int32
  package let isWritable: Bool

  /// Opens the file at `path`; `creating` makes one where there is none, with the rights of the
  /// process's umask.
  package init(_ path: String, writable: Bool = false, creating: Bool = false) throws(HostFileError)
  {
    let flags = (writable ? O_RDWR : O_RDONLY) | (creating ? O_CREAT : 0) | O_CLOEXEC
    // SAFETY: a C string for the duration of the call.
    let descriptor = unsafe open(path, flags, 0o666)
    guard descriptor >= 0 else { throw HostFileError(path: path, code: errno) }
    self.path = path
    self.descriptor = descriptor
    isWritable = writable
    let type = try status().st_mode & S_IFMT
    guard type == S_IFREG else {
      // The descriptor is closed by deinit: all properties are set.
      throw HostFileError(path: path, code: type == S_IFDIR ? EISDIR : ENODEV)
    }
  }

  deinit { close(descriptor) }

  package func size() throws(HostFileError) -> Int { Int(try status().st_size) }

  private func status() throws(HostFileError) -> stat {
    var status = stat()
    // SAFETY: the kernel fills one stat.
    guard unsafe fstat(descriptor, &status) == 0 else { throw error() }
    return status
  }

  package func read(at offset: Int, count: Int) throws(HostFileError) -> [UInt8] {
    var failure: HostFileError?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      while filled < count {
        // SAFETY: the kernel writes at most what is left of the buffer.
        let got = unsafe pread(
          descriptor, buffer.baseAddress.map { unsafe $0 + filled }, count - filled,
          off_t(offset + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = error() }
        guard got > 0 else { return }
        filled += got
      }
    }
    if let failure { throw failure }
    return bytes
  }

  package func write(_ bytes: [UInt8], at offset: Int) throws(HostFileError) {
    var done = 0
    while done < bytes.count {
      // SAFETY: the kernel reads at most what is left of the bytes.
      let put = unsafe bytes.withUnsafeBytes { source in
        unsafe pwrite(
          descriptor, source.baseAddress.map { unsafe $0 + done }, source.count - done,
          off_t(offset + done))
      }
      if put < 0, errno == EINTR { continue }
      guard put >= 0 else { throw error() }
      // Nothing, without an error: as a full device says it.
      guard put > 0 else { throw HostFileError(path: path, code: ENOSPC) }
      done += put
    }
  }

  package func truncate(to size: Int) throws(HostFileError) {
    guard ftruncate(descriptor, off_t(size)) == 0 else { throw error() }
  }

  package func sync() throws(HostFileError) {
    guard fsync(descriptor) == 0 else { throw error() }
  }

  private func error() -> HostFileError { HostFileError(path: path, code: errno) }
}
