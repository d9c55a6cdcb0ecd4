import CHardware

/// Owns the mapping of a descriptor array. Table and allocators share it, so the array lives as long
/// as anyone who holds its address; nobody touches this object on a hot path.
@safe
@usableFromInline
final class DescriptorStorage {
  /// Zero-filled by the kernel, which is a valid descriptor, and unmapped only by `deinit`.
  @usableFromInline
  let descriptors: UnsafeMutableBufferPointer<PageDescriptor>

  init(frameCount: Int) {
    let bytes = frameCount * MemoryLayout<PageDescriptor>.stride
    // Huge pages make the table faster, but let a nearly empty large machine cost real memory.
    let huge: Int32 = frameCount <= Self.largestHugeAdvised ? 1 : 0
    guard let start = unsafe framelab_map_sparse(bytes, huge) else {
      frameFault("no address space for the frame table", frame: frameCount, order: 0)
    }
    unsafe descriptors = UnsafeMutableBufferPointer(
      start: start.bindMemory(to: PageDescriptor.self, capacity: frameCount), count: frameCount)
  }

  deinit {
    unsafe framelab_unmap(
      descriptors.baseAddress, descriptors.count * MemoryLayout<PageDescriptor>.stride)
  }

  /// Frames of 64 GiB.
  static var largestHugeAdvised: Int { 1 << 24 }
}
