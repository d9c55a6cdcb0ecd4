public import CHardware
public import Synchronization

/// How one thread gets at what belongs to the cores: it asks all of them to stop, makes sure that
/// each has either seen that or shown that it is busy (a barrier in every thread), and waits until
/// none is busy. A core pays two plain stores and a plain load per operation for it.
extension RowBuddy {
  /// Begins an operation of a core.
  @inlinable
  @inline(__always)
  func enter(_ core: Int) -> RowCore {
    guard UInt(bitPattern: core) < UInt(bitPattern: layout.coreCount) else { noSuchRowCore(core) }
    let hands = self.core(core)
    steps.willTake(.store)
    hands.busy = true
    // The stopper's barrier in this thread does the processor's half of the ordering.
    framelab_compiler_barrier()
    steps.willTake(.load)
    // Out of line: worth a tenth of a nanosecond here, the only place where every call passes.
    if _slowPath(hands.isAskedToStop) { waitToEnter(hands) }
    return hands
  }

  @inlinable
  @inline(__always)
  func leave(_ hands: RowCore) {
    steps.willTake(.store)
    hands.busy = false
  }

  @inline(never)
  @inlinable
  func waitToEnter(_ hands: RowCore) {
    repeat {
      hands.busy = false
      var turns = 0
      while hands.isAskedToStop { wait(&turns) }
      steps.willTake(.store)
      hands.busy = true
      framelab_compiler_barrier()
      steps.willTake(.load)
    } while hands.isAskedToStop
  }

  /// One turn of waiting for another thread, which may need this processor to go on.
  @inlinable
  func wait(_ turns: inout Int) {
    steps.willTake(.wait)
    turns &+= 1
    if turns & 63 == 0 { framelab_yield() } else { framelab_pause() }
  }

  @inlinable
  func gateWord(_ index: Int) -> UnsafeMutablePointer<Atomic<UInt64>> {
    unsafe words + (layout.gate &+ index)
  }

  /// Makes this thread the only one that may stop the world.
  @inlinable
  func closeGate() {
    var turns = 0
    while true {
      steps.willTake(.exchange)
      if unsafe gateWord(0).pointee.exchange(1, ordering: .acquiringAndReleasing) == 0 { return }
      wait(&turns)
    }
  }

  @inlinable
  func openGate() {
    steps.willTake(.store)
    unsafe gateWord(0).pointee.store(0, ordering: .releasing)
  }

  /// Stops every core between two operations; with the gate closed, and in none itself.
  @inlinable
  func stopCores() {
    for core in 0..<layout.coreCount {
      steps.willTake(.store)
      self.core(core).isAskedToStop = true
    }
    framelab_barrier_all()
    for core in 0..<layout.coreCount {
      var turns = 0
      while self.core(core).busy { wait(&turns) }
    }
  }

  @inlinable
  func resumeCores() {
    for core in 0..<layout.coreCount {
      steps.willTake(.store)
      self.core(core).isAskedToStop = false
    }
  }

  /// Runs `body` while no operation is under way anywhere. `body` must not call the allocator's
  /// operations: they would wait for its end.
  @inlinable
  func whileStopped<Result>(_ body: () -> Result) -> Result {
    closeGate()
    stopCores()
    let result = body()
    resumeCores()
    openGate()
    return result
  }
}
