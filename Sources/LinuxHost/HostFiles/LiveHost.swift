import Glibc
package import MemoryUnits

/// The host that this process runs on.
///
/// Files are read with read(2) to their end: Foundation cuts files of /proc off without an error.
package struct LiveHost: HostView {
  package init() {}

  package func bytes(
    of path: String, from offset: UInt64, count: Int
  ) throws(HostFileError) -> [UInt8] {
    // SAFETY: a string passed as a C string lives through the call, here and below.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw HostFileError(path: path, code: errno) }
    defer { close(descriptor) }
    if offset > 0, lseek(descriptor, off_t(offset), SEEK_SET) < 0 {
      throw HostFileError(path: path, code: errno)
    }
    var result: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: min(count, 1 << 16))
    while result.count < count {
      let wanted = min(chunk.count, count - result.count)
      // SAFETY: read writes at most `wanted` bytes, which `chunk` holds.
      let got = unsafe chunk.withUnsafeMutableBytes { buffer in
        unsafe read(descriptor, buffer.baseAddress, wanted)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw HostFileError(path: path, code: errno) }
      if got == 0 { break }
      result += chunk[..<got]
    }
    return result
  }

  package func exists(_ path: String) -> Bool { unsafe access(path, F_OK) == 0 }

  package func names(in folder: String) -> [String] {
    guard let stream = unsafe opendir(folder) else { return [] }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    // SAFETY: an entry is valid until the next readdir; its name is copied before that.
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names.sorted()
  }

  package func freeBytes(at path: String) -> ByteCount? {
    var status = statvfs()
    // SAFETY: statvfs fills the one structure that it is given.
    guard unsafe statvfs(path, &status) == 0 else { return nil }
    return ByteCount(Int(clamping: UInt64(status.f_bavail) * UInt64(status.f_frsize)))
  }
}
