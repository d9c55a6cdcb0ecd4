public import MemoryUnits

/// The descriptors of all frames of a machine, indexed by frame number: 32 bytes per frame of
/// address space, host memory only for those that were written (1 TiB of machine: 8 GiB of table).
///
/// Upper floors read and write owners and counts through it; links and block marks belong to the
/// allocator. An access beyond `frameCount` ends the process.
@safe
public struct FrameTable: ~Copyable {
  @usableFromInline
  let storage: DescriptorStorage
  @usableFromInline
  let descriptors: UnsafeMutableBufferPointer<PageDescriptor>

  /// Frames 0..<frameCount, all reserved. Aligned to 64 bytes, so that no descriptor straddles a
  /// cache line. Ends the process with one line when the address space is too small.
  public init(frameCount: Int) {
    guard PageDescriptor.hasDrawnLayout, frameCount > 0, frameCount < Int(PageDescriptor.noFrame)
    else { frameFault("a frame table cannot have this many frames", frame: frameCount, order: 0) }
    storage = DescriptorStorage(frameCount: frameCount)
    unsafe descriptors = storage.descriptors
  }

  @inlinable
  public var frameCount: Int { unsafe descriptors.count }

  /// A copy of one descriptor.
  @inlinable
  subscript(frame: FrameNumber) -> PageDescriptor {
    // The buffer is mapped as long as `storage`; the span checks the index.
    let descriptors = unsafe self.descriptors
    return unsafe descriptors.span[frame.index]
  }
}
