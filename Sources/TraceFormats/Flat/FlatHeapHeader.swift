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
}
