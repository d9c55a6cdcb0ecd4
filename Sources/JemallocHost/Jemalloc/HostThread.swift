internal import CJemalloc
internal import CSimulatedHost
internal import Glibc

/// Threads of this process in which jemalloc's random numbers (offsets of large objects, when decay is
/// due) come from a given seed. jemalloc itself takes an address, which the kernel makes a different
/// one in every run, and every build of this program again.
enum HostThread {
  /// What `prepare` is to do, and how that went.
  struct Preparation {
    let seed: UInt64
    /// Words that held jemalloc's own seed.
    var seededWords: Int32 = 0

    init(seed: UInt64) { self.seed = seed }

    func check() throws(HostError) {
      guard seededWords == 1 else {
        throw HostError(
          "this jemalloc keeps its random numbers elsewhere than 5.3.0: found \(seededWords) seeds")
      }
    }
  }

  /// Sets up jemalloc's data of the calling thread; the argument is a `Preparation`.
  static let prepare: @convention(c) (UnsafeMutableRawPointer?) -> Void = { argument in
    guard
      let preparation = unsafe argument?.assumingMemoryBound(to: HostThread.Preparation.self)
    else { return }
    // The first call sets up the data, and fills the tcache from an arena of this program's own.
    unsafe dallocx(mallocx(1, 0), 0)
    unsafe preparation.pointee.seededWords = framelab_seed_jemalloc_thread(
      preparation.pointee.seed)
    // Tcaches are trimmed every 64 KiB that their thread allocates. How far it has come matters for
    // where objects lie, and no recording tells what went before its first event.
    let phase = unsafe Int(preparation.pointee.seed >> 48)
    unsafe dallocx(mallocx(1 + phase, 0), 0)
    unsafe mallctl("thread.tcache.flush", nil, nil, nil, 0)
  }

  /// Runs `body` to its end on a thread of its own, and `meanwhile` on this one.
  static func run(
    _ body: @escaping () -> Void, meanwhile: () -> Void
  ) throws(HostError) {
    let boxed = unsafe Unmanaged.passRetained(Body(body))
    var thread = pthread_t()
    let status = unsafe pthread_create(
      &thread, nil,
      { argument in
        guard let body = unsafe argument else { return nil }
        unsafe Unmanaged<Body>.fromOpaque(body).takeRetainedValue().run()
        return nil
      }, boxed.toOpaque())
    guard status == 0 else { throw HostError("no thread can be made (error \(status))") }
    meanwhile()
    pthread_join(thread, nil)
  }

  private final class Body {
    let run: () -> Void
    init(_ body: @escaping () -> Void) {
      run = {
        // What jemalloc does for this program itself repeats as well.
        var preparation = Preparation(seed: 0)
        unsafe prepare(&preparation)
        body()
      }
    }
  }
}
