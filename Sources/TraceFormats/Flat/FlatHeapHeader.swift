/// The header of a flat file, field by field as `struct framelab_flat_header` in
/// CHeapFormats/heap_record.h: 72 bytes, little-endian as the x86-64 it is for.
@frozen
package struct FlatHeapHeader: BitwiseCopyable {
  package var magic: UInt64 = 0x0A0D_5441_4C46_4C46
  package var version: UInt32 = 1
  package var headerBytes: UInt32 = 72
  package var recordCount: UInt64
  package var recordOffset: UInt64
  package var sampleCount: UInt64
  package var sampleOffset: UInt64
  package var slotCount: UInt64
  package var threadCount: UInt32
  /// Bit 0: the last byte of every object is touched too.
  package var touchFlags: UInt32
  package var touchStride: UInt64

  package init(
    recordCount: Int, sampleCount: Int, slotCount: Int, threadCount: Int, touch: TouchModel
  ) {
    self.recordCount = UInt64(recordCount)
    self.sampleCount = UInt64(sampleCount)
    sampleOffset = 72
    recordOffset = sampleOffset + 8 * UInt64(sampleCount)
    self.slotCount = UInt64(slotCount)
    self.threadCount = UInt32(threadCount)
    touchFlags = touch == .all ? 1 : 0
    touchStride = UInt64(touch.strideBytes)
  }

  /// To be filled by reading.
  package static let empty = FlatHeapHeader(
    recordCount: 0, sampleCount: 0, slotCount: 0, threadCount: 0, touch: .firstByte)

  /// Whether this is the header of a flat file of this version.
  package var isOurs: Bool {
    magic == Self.empty.magic && version == Self.empty.version && headerBytes == 72
      && recordOffset >= 72 && recordOffset < 1 << 40 && recordCount < 1 << 40
  }

  /// Size of the whole file that it heads.
  package var byteCount: UInt64 {
    recordOffset + recordCount * UInt64(MemoryLayout<HeapRecord>.stride)
  }
}
