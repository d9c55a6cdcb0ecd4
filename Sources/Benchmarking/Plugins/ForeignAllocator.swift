import CFrameAllocator
package import MemoryUnits

/// An allocator that a plugin made over a range of frames. What it returns is not to be trusted.
@safe
package struct ForeignAllocator: ~Copyable, @unchecked Sendable {
  package struct Statistics: Equatable, Sendable {
    package var freeFrames: UInt64
    package var heldFrames: UInt64
    package var metadataBytes: UInt64
  }

  package let library: PluginLibrary
  package let range: FrameRange
  package let coreCount: Int
  // SAFETY: from the plugin's `create`, until `deinit` hands it to `destroy`; every function gets it
  // as the header says.
  private let handle: OpaquePointer

  /// Throws what the plugin says when it does not make one.
  /// - Parameter holes: frames that are never handed out; none without the capability.
  package init(
    _ library: PluginLibrary, _ range: FrameRange, coreCount: Int, holes: [FrameRange] = []
  ) throws(BenchmarkFault) {
    self.library = library
    self.range = range
    self.coreCount = coreCount
    var message = [CChar](repeating: 0, count: 256)
    let missing = holes.map(Self.frames)
    // SAFETY: options and holes live as long as the call; the plugin is told the room for a message,
    // and one byte more is there for a missing zero.
    let made = unsafe library.options.withCString { options in
      unsafe missing.withUnsafeBufferPointer { missing in
        var configuration = unsafe framelab_configuration(
          size: UInt32(MemoryLayout<framelab_configuration>.size), core_count: UInt32(coreCount),
          frames: Self.frames(range), options: options,
          holes: missing.isEmpty ? nil : missing.baseAddress, hole_count: UInt64(missing.count))
        return unsafe message.withUnsafeMutableBufferPointer { buffer in
          unsafe buffer.baseAddress.flatMap { start in
            unsafe library.table.create(&configuration, start, buffer.count - 1)
          }
        }
      }
    }
    guard let made = unsafe made else {
      message[message.count - 1] = 0
      let bytes = message.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
      let words = String(decoding: bytes, as: UTF8.self)
      throw BenchmarkFault(.notCreated, words.isEmpty ? "create gave no reason" : words)
    }
    unsafe handle = unsafe made
  }

  deinit { unsafe library.table.destroy(handle) }

  private static func frames(_ range: FrameRange) -> framelab_frame_range {
    framelab_frame_range(start: UInt64(range.start.rawValue), count: UInt64(range.count))
  }

  /// What `allocate` gives when there is no block.
  @inline(__always)
  package static var noFrame: UInt64 { FRAMELAB_NO_FRAME }

  /// The number as the plugin gave it, or `noFrame`.
  @inline(__always)
  package func allocate(_ order: Order, _ frameClass: FrameClass = .movable, core: Int) -> UInt64 {
    unsafe library.table.allocate(
      handle, UInt32(order.rawValue), UInt32(frameClass.rawValue),
      UInt32(truncatingIfNeeded: core))
  }

  /// Whether the plugin took it.
  @inline(__always)
  package func free(_ frame: UInt64, _ order: Order, core: Int) -> Bool {
    unsafe library.table.free(
      handle, frame, UInt32(order.rawValue), UInt32(truncatingIfNeeded: core)) == FRAMELAB_DONE
  }

  package var statistics: Statistics {
    var result = framelab_statistics()
    result.size = UInt32(MemoryLayout<framelab_statistics>.size)
    unsafe library.table.statistics(handle, &result)
    return Statistics(
      freeFrames: result.free_frames, heldFrames: result.held_frames,
      metadataBytes: result.metadata_bytes)
  }

  /// Nil without the capability, as with all below.
  package func claim(_ range: FrameRange) -> Bool? {
    unsafe library.table.claim.map { unsafe $0(handle, Self.frames(range)) == FRAMELAB_DONE }
  }

  package func release(_ range: FrameRange) -> Bool? {
    unsafe library.table.release.map { unsafe $0(handle, Self.frames(range)) == FRAMELAB_DONE }
  }

  package func isFree(_ frame: UInt64) -> Bool? {
    unsafe library.table.is_free.map { unsafe $0(handle, frame) != 0 }
  }

  /// Free blocks of the orders 0 to the largest.
  package var counts: [UInt64]? {
    guard let function = unsafe library.table.counts else { return nil }
    var counts = [UInt64](repeating: 0, count: library.largestOrder + 1)
    // SAFETY: the plugin writes one number for each order.
    unsafe function(handle, &counts)
    return counts
  }

  package func drain(core: Int) {
    if library.capabilities.contains(.drain), let function = unsafe library.table.drain {
      unsafe function(handle, UInt32(core))
    }
  }
}
