internal import CJemalloc

extension SimulatedProcess {
  /// The arena of a thread: jemalloc gives new threads the arenas in turn.
  mutating func arena(_ thread: Int) -> UInt32 {
    let index = thread % arenas.count
    if let arena = arenas[index] { return arena }
    let arena = makeArena()
    arenas[index] = arena
    return arena
  }

  mutating func arenaForOversize() -> UInt32 {
    if let oversizeArena { return oversizeArena }
    let arena = makeArena()
    // As jemalloc does for its own: few objects make decay by activity unreliable.
    for kind in ["dirty", "muzzy"]
    where !Mallctl.write("arena.\(arena).\(kind)_decay_ms", Int(0)) {
      fatalError("jemalloc refuses \(kind)_decay_ms of arena \(arena)")
    }
    oversizeArena = arena
    return arena
  }

  /// The thread, made and bound to its arena at first use.
  @inline(__always)
  mutating func thread(_ number: Int) -> BorrowedThread {
    if isBound[number], let thread = threads[number] { return thread }
    return bind(number)
  }

  @inline(never)
  private mutating func bind(_ number: Int) -> BorrowedThread {
    let thread = unsafe threads[number] ?? kernel.pointee.machine.pointee.makeThread()
    threads[number] = thread
    thread.bind(to: arena(number))
    isBound[number] = true
    return thread
  }

  private func makeArena() -> UInt32 {
    unsafe kernel.pointee.machine.pointee.arenaPlace.makeArena(hooks: hooks)
  }

  /// All arenas that exist now.
  var liveArenas: [UInt32] { arenas.compactMap { $0 } + (oversizeArena.map { [$0] } ?? []) }

  /// The process ends: all memory goes back at once, and jemalloc starts anew with the next record.
  mutating func exit() {
    unsafe kernel.pointee.isEnding = true
    // jemalloc destroys no arena that a thread is bound to; arena 0 is this program's own.
    for number in threads.indices where isBound[number] {
      threads[number]?.flushTcache()
      threads[number]?.bind(to: 0)
      isBound[number] = false
    }
    for arena in liveArenas where !Mallctl.call("arena.\(arena).destroy") {
      fatalError("jemalloc does not destroy arena \(arena)")
    }
    for index in arenas.indices { arenas[index] = nil }
    oversizeArena = nil
    unsafe kernel.pointee.exit()
    for slot in objects.indices where objects[slot].address != 0 {
      forget(objects[slot])
      objects[slot] = .none
    }
    unsafe kernel.pointee.isEnding = false
  }
}
