/// The families of recordings that share the container.
public enum TraceKind: UInt32, Hashable, Sendable {
  /// Heap events of one process.
  case heap = 0x5041_4548  // "HEAP", little-endian
  /// Memory references of one program.
  case access = 0x5343_4341  // "ACCS"
  /// The page frames of a machine at one moment.
  case snapshot = 0x5041_4E53  // "SNAP"

  /// The newest version of the family that this code reads and the one it writes.
  var version: UInt16 { 1 }

  /// What a file says that it is; nil when it is no recording of ours, or of a kind that this code
  /// does not know. Whether it is whole is for its reader to say.
  ///
  /// - Throws: when the file cannot be read.
  public static func of(path: String) throws(TraceError) -> TraceKind? {
    let bytes = try InputFile(path: path).read(12, at: 0)
    guard bytes.count == 12, bytes.starts(with: TraceFileHeader.magic) else { return nil }
    return TraceKind(rawValue: UInt32(LittleEndian.read(bytes, 8, width: 4)))
  }
}
