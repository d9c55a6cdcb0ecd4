internal import CHardware

/// Owns the host mapping behind `FrameContents`; unmapped only by `deinit`.
@safe
@usableFromInline
final class ContentStorage {
  @usableFromInline
  let base: UnsafeMutableRawPointer
  let bytes: Int

  init(frameCount: Int) {
    bytes = frameCount << 12
    guard let start = unsafe framelab_map_sparse(bytes, 0) else {
      fatalError("no address space for \(bytes) bytes of simulated memory")
    }
    unsafe base = start
  }

  deinit { unsafe framelab_unmap(base, bytes) }
}
