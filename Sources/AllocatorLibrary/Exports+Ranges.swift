import CFrameAllocator
import MemoryUnits
import PageFrames

/// Where the allocator lies that `create` made.
typealias Exported = UnsafeMutablePointer<ExportedAllocator>

@c(framelab_exported_statistics)
func statistics(_ allocator: OpaquePointer, _ result: UnsafeMutablePointer<framelab_statistics>) {
  let exported = unsafe Exported(allocator)
  // The fields of version 1.0 are there in every version.
  unsafe result.pointee.free_frames = UInt64(exported.pointee.freeFrames)
  unsafe result.pointee.held_frames = UInt64(exported.pointee.heldFrames)
  unsafe result.pointee.metadata_bytes = UInt64(exported.pointee.metadataBytes)
}

@c(framelab_exported_claim)
func claim(_ allocator: OpaquePointer, _ frames: framelab_frame_range) -> Int32 {
  let exported = unsafe Exported(allocator)
  guard let range = unsafe inside(frames, exported.pointee.range),
    unsafe exported.pointee.claim(range)
  else { return FRAMELAB_REFUSED }
  return FRAMELAB_DONE
}

@c(framelab_exported_release)
func release(_ allocator: OpaquePointer, _ frames: framelab_frame_range) -> Int32 {
  let exported = unsafe Exported(allocator)
  guard let range = unsafe inside(frames, exported.pointee.range) else { return FRAMELAB_REFUSED }
  unsafe exported.pointee.release(range)
  return FRAMELAB_DONE
}

/// A range of C as one of Swift; nil when it leaves `range`.
private func inside(_ frames: framelab_frame_range, _ range: FrameRange) -> FrameRange? {
  let start = UInt64(range.start.rawValue)
  let count = UInt64(range.count)
  guard frames.start >= start, frames.start - start <= count,
    frames.count <= count - (frames.start - start)
  else { return nil }
  return FrameRange(start: FrameNumber(Int(frames.start)), count: Int(frames.count))
}

@c(framelab_exported_is_free)
func isFree(_ allocator: OpaquePointer, _ frame: UInt64) -> Int32 {
  guard frame < UInt64(UInt32.max) else { return 0 }
  let number = FrameNumber(rawValue: UInt32(frame))
  return unsafe Exported(allocator).pointee.isFree(number) ? 1 : 0
}

@c(framelab_exported_counts)
func counts(_ allocator: OpaquePointer, _ counts: UnsafeMutablePointer<UInt64>) {
  let exported = unsafe Exported(allocator)
  for order in 0..<Order.allocatorCount {
    unsafe counts[order] = UInt64(exported.pointee.freeBlockCount(Order(order)))
  }
}

@c(framelab_exported_drain)
func drain(_ allocator: OpaquePointer, _ core: UInt32) {
  unsafe Exported(allocator).pointee.drain(core: Int(core))
}
