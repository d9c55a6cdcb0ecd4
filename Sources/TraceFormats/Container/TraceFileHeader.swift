/// The first 32 bytes of every recording, little-endian:
///
/// | bytes | field |
/// |---|---|
/// | 0-7 | magic: 0x89 `FLTR` CR LF 0x1A, so that a text-mode transfer or a text tool breaks it visibly |
/// | 8-11 | kind |
/// | 12-13 | version of the kind |
/// | 14-27 | zero |
/// | 28-31 | CRC-32 of the bytes before |
struct TraceFileHeader {
  static let byteCount = 32
  static let magic: [UInt8] = [0x89, 0x46, 0x4C, 0x54, 0x52, 0x0D, 0x0A, 0x1A]

  var kind: TraceKind
  var version: UInt16

  var bytes: [UInt8] {
    var bytes = Self.magic
    LittleEndian.append(UInt64(kind.rawValue), width: 4, to: &bytes)
    LittleEndian.append(UInt64(version), width: 2, to: &bytes)
    while bytes.count < 28 { bytes.append(0) }
    LittleEndian.append(UInt64(Checksum.crc32(bytes[...])), width: 4, to: &bytes)
    return bytes
  }

  /// Reads the header of a file of the expected kind.
  static func read(_ bytes: [UInt8], path: String, expecting kind: TraceKind)
    throws(TraceError) -> TraceFileHeader
  {
    guard bytes.count >= 8, Array(bytes[..<8]) == magic else {
      throw TraceError(
        path: path, place: "offset 0x0", message: "not a framelab recording: expected its magic")
    }
    guard bytes.count >= byteCount else {
      throw TraceError(
        path: path, place: "offset 0x\(String(bytes.count, radix: 16))",
        message: "ends inside the file header: expected \(byteCount) bytes")
    }
    let expected = LittleEndian.read(bytes, 28, width: 4)
    guard UInt64(Checksum.crc32(bytes[..<28])) == expected else {
      throw TraceError(
        path: path, place: "offset 0x1c", message: "the checksum of the file header differs")
    }
    let code = UInt32(LittleEndian.read(bytes, 8, width: 4))
    guard let found = TraceKind(rawValue: code), found == kind else {
      throw TraceError(
        path: path, place: "offset 0x8", message: "a recording of another kind: expected \(kind)")
    }
    let version = UInt16(LittleEndian.read(bytes, 12, width: 2))
    guard version >= 1, version <= kind.version else {
      throw TraceError(
        path: path, place: "offset 0xc",
        message: "version \(version): this framelab reads versions 1 to \(kind.version)")
    }
    return TraceFileHeader(kind: found, version: version)
  }
}
