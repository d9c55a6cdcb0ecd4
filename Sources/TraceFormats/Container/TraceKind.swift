/// The families of recordings that share the container.
public enum TraceKind: UInt32, Hashable, Sendable {
  /// Heap events of one process.
  case heap = 0x5041_4548  // "HEAP", little-endian

  /// The newest version of the family that this code reads and the one it writes.
  var version: UInt16 { 1 }
}
