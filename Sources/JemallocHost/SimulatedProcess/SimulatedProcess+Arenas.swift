internal import CJemalloc
internal import PageFrames
internal import VirtualMemory

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

  mutating func tcache(_ thread: Int) -> UInt32 {
    if let tcache = tcaches[thread] { return tcache }
    guard let tcache = Mallctl.read("tcache.create", as: UInt32.self) else {
      fatalError("jemalloc makes no tcache for thread \(thread)")
    }
    tcaches[thread] = tcache
    return tcache
  }

  private func makeArena() -> UInt32 {
    unsafe kernel.pointee.machine.pointee.arenaPlace.makeArena(hooks: hooks)
  }

  /// All arenas that exist now.
  var liveArenas: [UInt32] { arenas.compactMap { $0 } + (oversizeArena.map { [$0] } ?? []) }

  /// The process ends: all memory goes back at once, and jemalloc starts anew with the next record.
  mutating func exit() {
    unsafe kernel.pointee.isEnding = true
    // Before their arenas: a tcache gives its objects back.
    for thread in tcaches.indices {
      guard let tcache = tcaches[thread] else { continue }
      if !Mallctl.write("tcache.destroy", tcache) { fatalError("tcache \(tcache) stays") }
      tcaches[thread] = nil
    }
    for arena in liveArenas where !Mallctl.call("arena.\(arena).destroy") {
      fatalError("jemalloc does not destroy arena \(arena)")
    }
    for index in arenas.indices { arenas[index] = nil }
    oversizeArena = nil
    unsafe kernel.pointee.tearDown()
    for slot in objects.indices where objects[slot].address != 0 {
      forget(objects[slot])
      objects[slot] = .none
    }
    unsafe kernel.pointee.isEnding = false
  }
}

extension ProcessMemory {
  fileprivate mutating func tearDown() {
    unsafe space.tearDown(memory: &machine.pointee.memory)
  }
}
