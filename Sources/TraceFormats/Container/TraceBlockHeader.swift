/// The 40 bytes before the payload of every block, little-endian:
///
/// | bytes | field |
/// |---|---|
/// | 0-3 | magic `FBLK` |
/// | 4-5 | type, a number of the kind's own |
/// | 6-7 | thread the events belong to, 0 where that has no meaning |
/// | 8-11 | number of events |
/// | 12-15 | bytes of the payload, unpacked |
/// | 16-19 | bytes of the payload in the file, zstd frames |
/// | 20-23 | zero |
/// | 24-31 | stamp of the first event |
/// | 32-35 | CRC-32 of the payload as it is in the file |
/// | 36-39 | CRC-32 of the bytes 0-35, so that no damaged size is ever believed |
package struct TraceBlockHeader: Hashable, Sendable {
  static let byteCount = 40
  static let magic: UInt64 = 0x4B4C_4246
  /// Writers keep below these; a reader allocates no more, whatever a file says.
  package static let largestPayload = 64 << 20

  package var type: UInt16
  package var thread: UInt16
  package var count: UInt32
  package var rawBytes: Int
  package var storedBytes: Int
  package var firstStamp: UInt64
  var payloadChecksum: UInt32

  var bytes: [UInt8] {
    var bytes = [UInt8]()
    bytes.reserveCapacity(Self.byteCount)
    LittleEndian.append(Self.magic, width: 4, to: &bytes)
    LittleEndian.append(UInt64(type), width: 2, to: &bytes)
    LittleEndian.append(UInt64(thread), width: 2, to: &bytes)
    LittleEndian.append(UInt64(count), width: 4, to: &bytes)
    LittleEndian.append(UInt64(rawBytes), width: 4, to: &bytes)
    LittleEndian.append(UInt64(storedBytes), width: 4, to: &bytes)
    LittleEndian.append(0, width: 4, to: &bytes)
    LittleEndian.append(firstStamp, width: 8, to: &bytes)
    LittleEndian.append(UInt64(payloadChecksum), width: 4, to: &bytes)
    LittleEndian.append(UInt64(Checksum.crc32(bytes[...])), width: 4, to: &bytes)
    return bytes
  }

  /// Nil unless `bytes` are a sound block header.
  init?(bytes: [UInt8]) {
    guard bytes.count == Self.byteCount, LittleEndian.read(bytes, 0, width: 4) == Self.magic,
      LittleEndian.read(bytes, 36, width: 4) == UInt64(Checksum.crc32(bytes[..<36]))
    else { return nil }
    type = UInt16(LittleEndian.read(bytes, 4, width: 2))
    thread = UInt16(LittleEndian.read(bytes, 6, width: 2))
    count = UInt32(LittleEndian.read(bytes, 8, width: 4))
    rawBytes = Int(LittleEndian.read(bytes, 12, width: 4))
    storedBytes = Int(LittleEndian.read(bytes, 16, width: 4))
    firstStamp = LittleEndian.read(bytes, 24, width: 8)
    payloadChecksum = UInt32(LittleEndian.read(bytes, 32, width: 4))
    guard rawBytes <= Self.largestPayload, storedBytes <= Self.largestPayload else { return nil }
  }

  init(type: UInt16, thread: UInt16, count: UInt32, rawBytes: Int, stored: [UInt8], stamp: UInt64) {
    self.type = type
    self.thread = thread
    self.count = count
    self.rawBytes = rawBytes
    self.storedBytes = stored.count
    self.firstStamp = stamp
    self.payloadChecksum = Checksum.crc32(stored[...])
  }
}
