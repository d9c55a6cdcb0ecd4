// First fit over one bit per frame, as a plugin of Framelab: the smallest allocator that is correct.
// No block is split or merged: a block is free when its bits are.

/// A bit is 1 while its frame is free; word 0 begins at `base`.
final class FirstFit {
  let frames: framelab_frame_range
  let base: UInt64
  var words: [UInt64]
  var freeFrames: UInt64

  init(_ frames: framelab_frame_range) {
    self.frames = frames
    base = frames.start & ~63
    freeFrames = frames.count
    words = [UInt64](repeating: 0, count: Int((frames.start + frames.count - base + 63) / 64))
    for frame in frames.start..<frames.start + frames.count { mark(frame, 1, free: true) }
  }

  /// Bits of the part of a block that lies in one word: all of the block up to order 6.
  private func mask(_ frame: UInt64, _ count: UInt64) -> UInt64 {
    count >= 64 ? .max : ((1 << count) - 1) << ((frame - base) % 64)
  }

  private func isFree(_ frame: UInt64, _ count: UInt64) -> Bool {
    let bits = mask(frame, count)
    let first = Int((frame - base) / 64)
    let last = first + Int((count + 63) / 64)
    return last <= words.count && (first..<last).allSatisfy { words[$0] & bits == bits }
  }

  private func mark(_ frame: UInt64, _ count: UInt64, free: Bool) {
    let first = Int((frame - base) / 64)
    for word in first..<first + Int((count + 63) / 64) {
      if free { words[word] |= mask(frame, count) } else { words[word] &= ~mask(frame, count) }
    }
  }

  func allocate(_ order: UInt32) -> UInt64? {
    let count: UInt64 = 1 << order
    // Natural alignment in absolute numbers.
    var frame = (frames.start + count - 1) & ~(count - 1)
    while frame + count <= frames.start + frames.count {
      if words[Int((frame - base) / 64)] == 0 {
        frame = (frame & ~63) + max(count, 64)  // Nothing is free in this word.
      } else if isFree(frame, count) {
        mark(frame, count, free: false)
        freeFrames -= count
        return frame
      } else {
        frame += count
      }
    }
    return nil
  }

  /// False for a block that was not allocated as a whole.
  func free(_ frame: UInt64, _ order: UInt32) -> Bool {
    let count: UInt64 = 1 << order
    guard frame >= frames.start, frame + count <= frames.start + frames.count,
      frame & (count - 1) == 0,
      !(frame..<frame + count).contains(where: { isFree($0, 1) })
    else { return false }
    mark(frame, count, free: true)
    freeFrames += count
    return true
  }
}

private func firstFit(_ allocator: OpaquePointer) -> FirstFit {
  Unmanaged.fromOpaque(UnsafeRawPointer(allocator)).takeUnretainedValue()
}

@c(firstfit_create)
func create(
  _ configuration: UnsafePointer<framelab_configuration>, _ message: UnsafeMutablePointer<CChar>,
  _ room: Int
) -> OpaquePointer? {
  let object = FirstFit(configuration.pointee.frames)
  return OpaquePointer(Unmanaged.passRetained(object).toOpaque())
}

@c(firstfit_destroy)
func destroy(_ allocator: OpaquePointer) {
  Unmanaged<FirstFit>.fromOpaque(UnsafeRawPointer(allocator)).release()
}

@c(firstfit_allocate)
func allocate(
  _ allocator: OpaquePointer, _ order: UInt32, _ frameClass: UInt32, _ core: UInt32
) -> UInt64 {
  firstFit(allocator).allocate(order) ?? FRAMELAB_NO_FRAME
}

@c(firstfit_free)
func free(_ allocator: OpaquePointer, _ frame: UInt64, _ order: UInt32, _ core: UInt32) -> Int32 {
  firstFit(allocator).free(frame, order) ? FRAMELAB_DONE : FRAMELAB_REFUSED
}

@c(firstfit_statistics)
func statistics(_ allocator: OpaquePointer, _ result: UnsafeMutablePointer<framelab_statistics>) {
  let object = firstFit(allocator)
  result.pointee.free_frames = object.freeFrames
  result.pointee.held_frames = 0
  result.pointee.metadata_bytes = UInt64(object.words.count * 8)
}

private let name: StaticString = "first fit (example in Swift)"

/// Constant: the compiler folds the initialiser, and nobody writes to it. Functions that are left out
/// are NULL, and so are the capabilities: no threads, nothing optional but partial frees.
nonisolated(unsafe) private var table = framelab_frame_allocator_table(
  size: UInt32(MemoryLayout<framelab_frame_allocator_table>.size),
  version: FRAMELAB_FRAME_ALLOCATOR_VERSION, capabilities: FRAMELAB_PARTIAL_FREE,
  name: UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self),
  largest_order: 10, reserved: 0, create: create, destroy: destroy, allocate: allocate, free: free,
  statistics: statistics, claim: nil, release: nil, is_free: nil, counts: nil, drain: nil)

@c(framelab_frame_allocator)
public func frameAllocatorTable() -> UnsafePointer<framelab_frame_allocator_table> {
  withUnsafePointer(to: &table) { $0 }
}
