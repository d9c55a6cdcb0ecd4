public import CFrameAllocator
import MemoryUnits
import PageFrames

// The C interface of `ExportedAllocator`, which the other file of each library names.
//
// Compiled as Embedded Swift by scripts/build-allocators, so that the library needs libc alone. What
// the header promises about an allocator between `create` and `destroy` makes each use of its address
// sound: it was initialised, and calls overlap only where `ExportedAllocator` permits it.

/// Constant data: the compiler folds the initialiser, and nobody writes to it.
nonisolated(unsafe) private var table = unsafe framelab_frame_allocator_table(
  size: UInt32(MemoryLayout<framelab_frame_allocator_table>.size),
  version: FRAMELAB_FRAME_ALLOCATOR_VERSION,
  capabilities: ExportedAllocator.capabilities,
  name: UnsafeRawPointer(ExportedAllocator.exportedName.utf8Start)
    .assumingMemoryBound(to: CChar.self),
  largest_order: 10, reserved: 0,
  create: create, destroy: destroy, allocate: allocate, free: free, statistics: statistics,
  claim: claim, release: release, is_free: isFree, counts: counts, drain: drain)

@c(framelab_frame_allocator)
public func frameAllocatorTable() -> UnsafePointer<framelab_frame_allocator_table> {
  // A global variable has one address as long as the library is loaded.
  unsafe withUnsafePointer(to: &table) { unsafe $0 }
}

@c(framelab_exported_create)
func create(
  _ configuration: UnsafePointer<framelab_configuration>, _ message: UnsafeMutablePointer<CChar>,
  _ room: Int
) -> OpaquePointer? {
  let asked = unsafe configuration.pointee
  let frames = unsafe asked.frames
  let (start, count) = (frames.start, frames.count)
  let cores = unsafe Int(asked.core_count)
  guard unsafe asked.options.pointee == 0 else {
    return unsafe refuse("it has no options", message, room)
  }
  guard cores > 0, count > 0, start <= largestEnd, count <= largestEnd - start else {
    return unsafe refuse("it serves 1 or more frames below number 2^32 - 1", message, room)
  }
  guard cores <= ExportedAllocator.largestCoreCount else {
    return unsafe refuse("it serves at most 1024 cores", message, room)
  }
  let allocator = UnsafeMutablePointer<ExportedAllocator>.allocate(capacity: 1)
  unsafe allocator.initialize(
    to: .make(
      FrameRange(start: FrameNumber(Int(start)), count: Int(count)), cores: cores))
  for index in unsafe 0..<Int(asked.hole_count) {
    let taken = unsafe claim(OpaquePointer(allocator), asked.holes.unsafelyUnwrapped[index])
    guard taken == FRAMELAB_DONE else {
      unsafe destroy(OpaquePointer(allocator))
      return unsafe refuse("the holes are not disjoint and inside of the frames", message, room)
    }
  }
  return OpaquePointer(allocator)
}

/// Behind the last frame that `FrameNumber` names, with room for ends of ranges.
private var largestEnd: UInt64 { UInt64(UInt32.max) - 1 }

private func refuse(
  _ why: StaticString, _ message: UnsafeMutablePointer<CChar>, _ room: Int
) -> OpaquePointer? {
  guard room > 0 else { return nil }
  let length = min(why.utf8CodeUnitCount, room - 1)
  for index in 0..<length {
    unsafe message[index] = CChar(bitPattern: why.utf8Start[index])
  }
  unsafe message[length] = 0
  return nil
}

@c(framelab_exported_destroy)
func destroy(_ allocator: OpaquePointer) {
  let exported = unsafe Exported(allocator)
  unsafe exported.deinitialize(count: 1)
  unsafe exported.deallocate()
}

@c(framelab_exported_allocate)
func allocate(
  _ allocator: OpaquePointer, _ order: UInt32, _ frameClass: UInt32, _ core: UInt32
) -> UInt64 {
  guard order <= 10 else { return FRAMELAB_NO_FRAME }
  let frame = unsafe Exported(allocator).pointee.allocate(
    Order(Int(order)), FrameClass(rawValue: UInt8(truncatingIfNeeded: frameClass)) ?? .movable,
    core: Int(core))
  guard let frame else { return FRAMELAB_NO_FRAME }
  return UInt64(frame.rawValue)
}

@c(framelab_exported_free)
func free(_ allocator: OpaquePointer, _ frame: UInt64, _ order: UInt32, _ core: UInt32) -> Int32 {
  guard frame < largestEnd, order <= 10 else { return FRAMELAB_REFUSED }
  unsafe Exported(allocator).pointee.free(
    FrameNumber(rawValue: UInt32(truncatingIfNeeded: frame)), Order(Int(order)), core: Int(core))
  return FRAMELAB_DONE
}
