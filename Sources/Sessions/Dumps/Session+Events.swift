internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  /// Events as a table: simulated microseconds, core, kind, words.
  func eventLines(_ events: some Sequence<MachineEvent>) -> [StyledLine] {
    events.map { event in
      StyledLine(microseconds(event.time).right(12) + " us", .quiet)
        + StyledLine(configuration.coreCount > 1 ? "  core \(event.core)" : "", .quiet)
        + StyledLine("  " + event.kind.name.left(15), .mark)
        + StyledLine(words(event))
    }
  }

  func eventJSON(_ event: MachineEvent) -> JSON {
    .members(
      ("time_ns", JSON(event.time)), ("core", JSON(event.core)),
      ("task", event.task.map { .string(name($0)) } ?? .null),
      ("kind", .string(event.kind.name)), ("words", .string(words(event))))
  }

  func described(_ event: MachineEvent) -> SessionEvent {
    SessionEvent(
      event: event, name: event.kind.name, words: words(event), task: event.task.map { name($0) })
  }

  /// The particulars of an event.
  func words(_ event: MachineEvent) -> String {
    func place(_ page: Int) -> String { words(UInt64(page) << 12) }
    func pages(_ page: Int, _ pages: Int) -> String {
      pages == 0 ? "" : counted(pages, "page") + (page == 0 ? "" : " at \(place(page))")
    }
    let who = event.task.map { name($0) + " " } ?? ""
    switch event.kind {
    case .systemCall(_, let page, let count): return who + pages(page, count)
    case .tlbHit(let page), .tlbMiss(let page), .tlbFill(let page): return place(page)
    case .walk(let page, let levels):
      return "\(place(page)), \(counted(levels, "word")) of the tables"
    case .pageFault(let page, let access): return "\(who)\(access) of \(place(page))"
    case .areaFound(let page, let isThere):
      return isThere ? "an area contains \(place(page))" : "no area contains \(place(page))"
    case .frameAllocated(let frame): return "\(frameWords(frame)) from the allocator"
    case .frameFreed(let frame): return "frame \(frame.rawValue)"
    case .frameZeroed(let frame): return "frame \(frame.rawValue)"
    case .frameCopied(let source, let target):
      return "frame \(source.rawValue) to frame \(target.rawValue)"
    case .entryWritten(let page, let entry):
      return "\(place(page)) -> \(entry.leafWords(zeroFrame: nil).plain)"
    case .retry(let page): return "\(who)runs the instruction at \(place(page)) again"
    case .value(_, let byte): return "0x\(hex(byte, 2))"
    case .signal(let signal): return "\(who)\(signal)"
    case .pageRead(let file, let index), .pageWritten(let file, let index):
      return "page \(index) of \(fileName(file))"
    case .swappedOut(let frame, let slot): return "frame \(frame.rawValue) to slot \(slot)"
    case .swappedIn(let frame, let slot): return "slot \(slot) to frame \(frame.rawValue)"
    case .reclaimerWoken, .reclaimerSleeps: return ""
    case .directReclaim(let freed): return "\(counted(freed, "frame")) freed"
    case .compactionBegins(let order): return order.map { "for order \($0)" } ?? "of all memory"
    case .compactionMoved(let pages, let failed):
      return "\(counted(pages, "page")) moved" + (failed == 0 ? "" : ", \(failed) could not")
    case .compactionEnds(let order, let result):
      return (order.map { "for order \($0): " } ?? "") + result.rawValue
    case .compactorWoken(let order): return order == 0 ? "" : "for order \(order)"
    case .compactorSleeps: return ""
    case .oomKill(let task): return name(task)
    case .contextSwitch(let task): return task.map { "to \(name($0))" } ?? "to no task"
    case .shootdown(let step): return words(step)
    }
  }

  private func words(_ step: MachineEvent.ShootdownStep) -> String {
    switch step {
    case .entryChanged(let page, let count):
      return "entries changed: \(counted(count, "page")) at \(words(UInt64(page) << 12))"
    case .targetsFound(let cores):
      let found = (0..<64).filter { cores.contains($0) }.map(String.init)
      return "cores that may hold them: "
        + (found.isEmpty ? "none" : found.joined(separator: " "))
    case .interruptSent(let core): return "interrupt sent to core \(core)"
    case .localInvalidated: return "own entries invalidated"
    case .handlerInvalidated(let core): return "core \(core) invalidates in its handler"
    case .acknowledged(let core): return "core \(core) acknowledges"
    case .completed: return "complete: the frames may be used again"
    }
  }

  /// A file's name.
  func fileName(_ file: FileID) -> String {
    let name = machine.status(of: file)?.name ?? ""
    return name.isEmpty ? "file \(file.rawValue)" : name
  }
}

extension MachineEvent.Kind {
  /// One word for the kind, which `expect events` takes.
  var name: String {
    switch self {
    case .systemCall(let name, _, _): name
    case .tlbHit: "tlb-hit"
    case .tlbMiss: "tlb-miss"
    case .walk: "walk"
    case .tlbFill: "tlb-fill"
    case .pageFault: "page-fault"
    case .areaFound(_, let isThere): isThere ? "area" : "no-area"
    case .frameAllocated: "frame"
    case .frameFreed: "frame-freed"
    case .frameZeroed: "zeroed"
    case .frameCopied: "copied"
    case .entryWritten: "entry"
    case .retry: "retry"
    case .value: "value"
    case .signal: "signal"
    case .pageRead: "page-read"
    case .pageWritten: "page-written"
    case .swappedOut: "swap-out"
    case .swappedIn: "swap-in"
    case .reclaimerWoken: "kswapd-wakes"
    case .reclaimerSleeps: "kswapd-sleeps"
    case .directReclaim: "direct-reclaim"
    case .compactionBegins: "compaction-begin"
    case .compactionMoved: "compaction-migratepages"
    case .compactionEnds: "compaction-end"
    case .compactorWoken: "kcompactd-wakes"
    case .compactorSleeps: "kcompactd-sleeps"
    case .oomKill: "oom-kill"
    case .contextSwitch: "switch"
    case .shootdown(let step): "shootdown-\(step.number)"
    }
  }
}

extension MachineEvent.ShootdownStep {
  /// 1...7, as the slide counts them.
  var number: Int {
    switch self {
    case .entryChanged: 1
    case .targetsFound: 2
    case .interruptSent: 3
    case .localInvalidated: 4
    case .handlerInvalidated: 5
    case .acknowledged: 6
    case .completed: 7
    }
  }
}
