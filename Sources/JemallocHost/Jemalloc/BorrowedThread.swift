internal import CJemalloc
internal import CSimulatedHost

/// A thread of a simulated process as jemalloc sees it: with an arena, a tcache, counters that decide
/// when the tcache is trimmed and when decay is due, and random numbers of its own.
///
/// jemalloc keeps all of that in thread-local data and offers no other way to it. So there is a real
/// thread for each recorded one, which does nothing but sleep, and the replay calls jemalloc with
/// that thread's thread-local data in place of its own. What runs is what runs in a real process,
/// and one thread applies all records in their order.
struct BorrowedThread {
  private let threadPointer: UInt

  /// - Parameter seed: of jemalloc's random numbers for this thread.
  init(seed: UInt64) throws(HostError) {
    var status = HostThread.Preparation(seed: seed)
    threadPointer = unsafe UInt(framelab_start_sleeper(HostThread.prepare, &status))
    guard threadPointer != 0 else { throw HostError("the host has no thread to spare") }
    try status.check()
  }

  /// A new object; 0 when there is no memory for it.
  func allocate(_ bytes: Int, flags: Int32) -> Int {
    let own = framelab_switch_thread_data(threadPointer)
    let object = unsafe mallocx(bytes, flags)
    _ = framelab_switch_thread_data(own)
    return Int(bitPattern: object)
  }

  func free(_ address: Int) {
    let own = framelab_switch_thread_data(threadPointer)
    unsafe dallocx(UnsafeMutableRawPointer(bitPattern: address), 0)
    _ = framelab_switch_thread_data(own)
  }

  /// Changes the size of an object in place if jemalloc can; its size class's size afterwards.
  func resize(_ address: Int, _ bytes: Int) -> Int {
    let own = framelab_switch_thread_data(threadPointer)
    let size = unsafe xallocx(UnsafeMutableRawPointer(bitPattern: address), bytes, 0, 0)
    _ = framelab_switch_thread_data(own)
    return size
  }

  /// Lets the thread take its memory from this arena from here on.
  func bind(to arena: UInt32) {
    var arena = arena
    let status = unsafe "thread.arena".withCString { name in
      let own = framelab_switch_thread_data(threadPointer)
      defer { _ = framelab_switch_thread_data(own) }
      return unsafe mallctl(name, nil, nil, &arena, MemoryLayout<UInt32>.size)
    }
    if status != 0 { fatalError("jemalloc binds no thread to arena \(arena): error \(status)") }
  }

  /// Gives what the tcache holds back to the arenas.
  func flushTcache() {
    let status = unsafe "thread.tcache.flush".withCString { name in
      let own = framelab_switch_thread_data(threadPointer)
      defer { _ = framelab_switch_thread_data(own) }
      return unsafe mallctl(name, nil, nil, nil, 0)
    }
    if status != 0 { fatalError("jemalloc flushes no tcache: error \(status)") }
  }
}
