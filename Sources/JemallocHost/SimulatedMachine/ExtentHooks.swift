internal import CJemalloc
internal import CSimulatedHost

/// jemalloc's extent hooks over a `ProcessMemory`. They behave as jemalloc's own do on Linux with
/// memory overcommitted: no decommit, split and merge always possible, and with retain the address
/// space is never given back. purge_lazy (MADV_FREE) is missing, which counts as refused: pages are
/// purged by force where muzzy_decay_ms would have had them wait.
///
/// A hook works with the thread-local data of the replay's own thread, as system calls do not use the
/// caller's heap either: what the simulated kernel allocates must neither fill the caller's tcache nor
/// count as its activity.
enum ExtentHooks {
  /// The table for one process; it must outlive the arenas made with it.
  static func make(
    for owner: UnsafeMutablePointer<ProcessMemory>
  ) -> UnsafeMutablePointer<framelab_extent_hooks> {
    let table = UnsafeMutablePointer<framelab_extent_hooks>.allocate(capacity: 1)
    unsafe table.initialize(
      to: framelab_extent_hooks(
        hooks: extent_hooks_t(
          alloc: { hooks, address, bytes, alignment, zero, commit, _ in
            let found = unsafe ExtentHooks.inKernel(hooks) {
              $0.mapExtent(at: Int(bitPattern: address), bytes: bytes, alignment: alignment)
            }
            guard let found else { return nil }
            // Fresh pages are zero and need no commit; both pointers are always valid.
            unsafe zero?.pointee = true
            unsafe commit?.pointee = true
            return unsafe UnsafeMutableRawPointer(bitPattern: found)
          },
          dalloc: { hooks, address, bytes, _, _ in
            unsafe ExtentHooks.inKernel(hooks) {
              $0.retain || !$0.unmapExtent(Int(bitPattern: address), bytes: bytes)
            }
          },
          destroy: { hooks, address, bytes, _, _ in
            unsafe ExtentHooks.inKernel(hooks) {
              _ = $0.unmapExtent(Int(bitPattern: address), bytes: bytes)
            }
          },
          commit: { _, _, _, _, _, _ in false },
          decommit: { _, _, _, _, _, _ in true },
          purge_lazy: nil,
          purge_forced: { hooks, address, _, offset, length, _ in
            unsafe ExtentHooks.inKernel(hooks) {
              $0.purge(Int(bitPattern: address) + offset, bytes: length)
            }
            return false
          },
          split: { hooks, _, _, _, _, _, _ in
            unsafe ExtentHooks.owner(hooks).pointee.machine.pointee.counters.splits += 1
            return false
          },
          merge: { hooks, _, _, _, _, _, _ in
            unsafe ExtentHooks.owner(hooks).pointee.machine.pointee.counters.merges += 1
            return false
          }),
        owner: UnsafeMutableRawPointer(owner)))
    return unsafe table
  }

  /// Calls the process's side of the kernel on the replay's own thread-local data.
  private static func inKernel<Result>(
    _ hooks: UnsafeMutablePointer<extent_hooks_t>?, _ call: (inout ProcessMemory) -> Result
  ) -> Result {
    let owner = unsafe owner(hooks)
    let caller = unsafe framelab_switch_thread_data(owner.pointee.machine.pointee.replayThread)
    defer { _ = framelab_switch_thread_data(caller) }
    return unsafe perform(call, owner)
  }

  /// Not inlined: nothing that the compiler knows of thread-local data may be kept across the switch.
  @inline(never)
  private static func perform<Result>(
    _ call: (inout ProcessMemory) -> Result, _ owner: UnsafeMutablePointer<ProcessMemory>
  ) -> Result { unsafe call(&owner.pointee) }

  private static func owner(
    _ hooks: UnsafeMutablePointer<extent_hooks_t>?
  ) -> UnsafeMutablePointer<ProcessMemory> {
    // jemalloc hands back the table of `make`, whose first field is what it was given.
    guard let hooks = unsafe hooks,
      let owner = unsafe UnsafeRawPointer(hooks).assumingMemoryBound(
        to: framelab_extent_hooks.self
      ).pointee.owner
    else { fatalError("jemalloc called a hook without its table") }
    return unsafe owner.assumingMemoryBound(to: ProcessMemory.self)
  }
}
