internal import CZlib
internal import Foundation

/// A checksum by which a file is known again: CRC-32 of its bytes and their count, as
/// `crc32:1c291ca3-1048576`. Finds another version or damage, not an attacker.
public enum FileChecksum {
  /// - Throws: `TraceError` when the file cannot be read.
  public static func of(path: String) throws -> String {
    guard let file = FileHandle(forReadingAtPath: path) else {
      throw TraceError(path: path, message: "cannot be opened for reading")
    }
    defer { try? file.close() }
    var checksum = crc32_z(0, nil, 0)
    var length = 0
    while true {
      let data: Data
      do {
        data = try file.read(upToCount: 1 << 20) ?? Data()
      } catch {
        throw TraceError(path: path, place: "offset \(length)", message: "cannot be read")
      }
      if data.isEmpty { break }
      // zlib takes an address; the bytes live as long as the closure runs.
      checksum = unsafe data.withUnsafeBytes { bytes in
        unsafe crc32_z(checksum, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
      }
      length += data.count
    }
    let digits = String(checksum, radix: 16)
    return "crc32:" + String(repeating: "0", count: 8 - digits.count) + digits + "-\(length)"
  }
}
