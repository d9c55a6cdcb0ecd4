internal import CJemalloc
internal import CSimulatedHost

/// Makes arenas whose own data lies at the same address in every run: jemalloc seeds the jitter of
/// their decay with it. The address depends on the seed of the run.
@safe
struct ArenaPlace: ~Copyable {
  /// Where the next arena's first block of metadata goes. On the heap, as C keeps its address.
  private let next: UnsafeMutablePointer<UInt>

  /// jemalloc's block of metadata: one huge page.
  private static var blockBytes: UInt64 { 2 << 20 }
  private static var region: UInt { 0x0e00_0000_0000 }

  init(seed: UInt64) {
    unsafe next = UnsafeMutablePointer<UInt>.allocate(capacity: 1)
    unsafe next.initialize(to: Self.region + UInt(seed % (1 << 16) * Self.blockBytes))
  }

  /// A new arena with these hooks and metadata in ordinary memory.
  func makeArena(hooks: UnsafeMutablePointer<framelab_extent_hooks>) -> UInt32 {
    let configuration = unsafe framelab_arena_config(
      extent_hooks: UnsafeMutableRawPointer(hooks).assumingMemoryBound(to: extent_hooks_t.self),
      metadata_use_hooks: false)
    unsafe framelab_set_map_place(next, Self.blockBytes)
    defer { framelab_set_map_place(nil, 0) }
    guard
      let arena = unsafe Mallctl.exchange(
        "experimental.arenas_create_ext", configuration, as: UInt32.self)
    else { fatalError("jemalloc makes no arena: 4,000 at once are the most") }
    return arena
  }
}
