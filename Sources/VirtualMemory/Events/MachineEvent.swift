public import MemoryUnits
public import Translation

/// One thing that happened, for timelines and for tests of order.
public struct MachineEvent: Hashable, Sendable {
  /// Simulated ns.
  public var time: UInt64
  public var core: Int
  public var task: TaskID?
  public var kind: Kind

  public enum Kind: Hashable, Sendable {
    /// A system call returned: its name, the first page and the pages that it was about.
    case systemCall(String, page: Int, count: Int)
    case tlbHit(page: Int)
    case tlbMiss(page: Int)
    /// Words of page tables read.
    case walk(page: Int, levels: Int)
    case tlbFill(page: Int)
    case pageFault(page: Int, AccessKind)
    /// The area of a fault was looked up.
    case areaFound(page: Int, Bool)
    case frameAllocated(FrameNumber)
    case frameFreed(FrameNumber)
    case frameZeroed(FrameNumber)
    case frameCopied(from: FrameNumber, to: FrameNumber)
    case entryWritten(page: Int, PageTableEntry)
    /// The faulting instruction runs again.
    case retry(page: Int)
    case value(page: Int, UInt8)
    case signal(Signal)
    case pageRead(file: FileID, index: Int)
    case pageWritten(file: FileID, index: Int)
    case swappedOut(FrameNumber, slot: UInt32)
    case swappedIn(FrameNumber, slot: UInt32)
    case reclaimerWoken
    case reclaimerSleeps
    case directReclaim(freed: Int)
    /// Compaction for an order, or of all there is; Linux: mm_compaction_begin.
    case compactionBegins(order: Int?)
    /// Pages that it moved (mm_compaction_migratepages).
    case compactionMoved(pages: Int, failed: Int)
    case compactionEnds(order: Int?, CompactionResult)
    /// kcompactd (mm_compaction_kcompactd_wake, mm_compaction_kcompactd_sleep).
    case compactorWoken(order: Int)
    case compactorSleeps
    case oomKill(TaskID)
    case contextSwitch(to: TaskID?)
    case shootdown(ShootdownStep)
  }

  /// The seven steps of a TLB shootdown.
  public enum ShootdownStep: Hashable, Sendable {
    case entryChanged(page: Int, count: Int)
    case targetsFound(CoreSet)
    case interruptSent(to: Int)
    case localInvalidated
    case handlerInvalidated(core: Int)
    case acknowledged(core: Int)
    case completed
  }
}

/// Events in the order in which they happened; records nothing until it is switched on.
public struct EventLog: Sendable {
  public var isOn = false
  public internal(set) var events: [MachineEvent] = []

  /// Forgets what was recorded.
  public mutating func clear() { events.removeAll(keepingCapacity: true) }
}

extension Machine {
  /// Switches recording of events on or off.
  public mutating func recordEvents(_ isOn: Bool) { log.isOn = isOn }

  /// Takes the events recorded so far.
  public mutating func takeEvents() -> [MachineEvent] {
    defer { log.clear() }
    return log.events
  }

  @inline(__always)
  mutating func note(_ kind: @autoclosure () -> MachineEvent.Kind, _ task: TaskID? = nil) {
    if log.isOn {
      log.events.append(
        MachineEvent(time: clock, core: currentCore, task: task, kind: kind()))
    }
  }
}
