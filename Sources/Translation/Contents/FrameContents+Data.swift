internal import CHardware
public import MemoryUnits

extension FrameContents {
  /// Fills a data frame with zeros.
  @inlinable
  public mutating func zero(_ frame: FrameNumber) {
    guard keepsData else { return }
    check(frame)
    unsafe (base + frame.index &<< 12).initializeMemory(as: UInt64.self, repeating: 0, count: 512)
  }

  /// Copies all bytes of a data frame.
  @inlinable
  public mutating func copy(_ source: FrameNumber, to target: FrameNumber) {
    guard keepsData else { return }
    check(source)
    check(target)
    unsafe (base + target.index &<< 12).copyMemory(
      from: base + source.index &<< 12, byteCount: 4096)
  }

  /// The byte at a physical address; 0 where no data are kept.
  @inlinable
  public func byte(at address: UInt64) -> UInt8 {
    guard keepsData else { return 0 }
    check(FrameNumber(Int(truncatingIfNeeded: address &>> 12)))
    return unsafe base.load(fromByteOffset: Int(truncatingIfNeeded: address), as: UInt8.self)
  }

  /// Stores a byte at a physical address.
  @inlinable
  public mutating func setByte(_ byte: UInt8, at address: UInt64) {
    guard keepsData else { return }
    check(FrameNumber(Int(truncatingIfNeeded: address &>> 12)))
    unsafe base.storeBytes(
      of: byte, toByteOffset: Int(truncatingIfNeeded: address), as: UInt8.self)
  }

  /// Appends `count` bytes of a frame from `offset` on; zeros where no data are kept.
  public func append(
    _ frame: FrameNumber, offset: Int = 0, count: Int = 4096, to bytes: inout [UInt8]
  ) {
    precondition(offset >= 0 && count >= 0 && offset + count <= 4096, "bytes outside of a frame")
    check(frame)
    guard keepsData else {
      bytes.append(contentsOf: repeatElement(0, count: count))
      return
    }
    unsafe bytes.append(
      contentsOf: UnsafeRawBufferPointer(
        start: base + frame.index << 12 + offset, count: count))
  }

  /// Writes bytes into a frame from `offset` on.
  public mutating func store(_ bytes: ArraySlice<UInt8>, _ frame: FrameNumber, offset: Int = 0) {
    precondition(offset >= 0 && offset + bytes.count <= 4096, "bytes outside of a frame")
    check(frame)
    guard keepsData else { return }
    unsafe bytes.withUnsafeBytes {
      unsafe UnsafeMutableRawBufferPointer(
        start: base + frame.index << 12 + offset, count: $0.count
      ).copyMemory(from: $0)
    }
  }

  /// Gives the host memory of free frames back; their bytes are zero then.
  public mutating func discard(_ frames: FrameRange) {
    guard !frames.isEmpty else { return }
    precondition(frames.start.index + frames.count <= frameCount, "frames beyond the end")
    unsafe framelab_discard(base + frames.start.index << 12, frames.count << 12)
  }
}
