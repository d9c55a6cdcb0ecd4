internal import MemoryUnits
internal import PageFrames
internal import Translation
internal import VirtualMemory

extension Session {
  typealias Subject = @Sendable (Session, inout Arguments) throws(ScriptError) -> Void

  /// What `expect` can say of the state of the machine.
  static let subjects: [String: Subject] = [
    "areas": { session, arguments throws(ScriptError) in
      try session.expectCount("areas", &arguments) { $0.areaCount }
    },
    "tables": { session, arguments throws(ScriptError) in
      try session.expectCount("tables", &arguments) { $0.tablePages }
    },
    "resident": { session, arguments throws(ScriptError) in
      try session.expectCount("resident", &arguments) { $0.resident.total }
    },
    "huge": { session, arguments throws(ScriptError) in
      try session.expectCount("huge", &arguments) { $0.hugeLeaves }
    },
    "swapped": { session, arguments throws(ScriptError) in
      try session.expectCount("swapped", &arguments) { $0.resident.swapped }
    },
    "area": { session, arguments throws(ScriptError) in try session.expectArea(&arguments) },
    "page": { session, arguments throws(ScriptError) in try session.expectPage(&arguments) },
    "same": { session, arguments throws(ScriptError) in
      try session.expectFrames(&arguments, areSame: true)
    },
    "different": { session, arguments throws(ScriptError) in
      try session.expectFrames(&arguments, areSame: false)
    },
    "mappings": { session, arguments throws(ScriptError) in
      let (name, frame) = try session.frameBehind(&arguments)
      let wanted = try arguments.size("a number of mappings")
      try arguments.end()
      let got = session.machine.mappings(of: frame).count
      if got != wanted { throw session.unmet("\(wanted) mappings of \(name)", "\(got)") }
    },
    "folio": { session, arguments throws(ScriptError) in
      let (name, frame) = try session.frameBehind(&arguments)
      let wanted = try arguments.size("a number of frames")
      try arguments.end()
      let got = session.machine.memory.frames.folioFrames(of: frame)
      if got != wanted { throw session.unmet("a folio of \(wanted) behind \(name)", "\(got)") }
    },
    "count": { session, arguments throws(ScriptError) in
      let wanted = try arguments.size("a number")
      try arguments.end()
      if session.outcome.result != .count(wanted) {
        throw session.unmet("\(wanted)", session.outcome.words)
      }
    },
    "file": { session, arguments throws(ScriptError) in try session.expectFile(&arguments) },
    "translation": { session, arguments throws(ScriptError) in
      try session.expectTranslation(&arguments)
    },
    "running": { session, arguments throws(ScriptError) in
      let task = try session.anyTask(&arguments)
      try arguments.end()
      try session.expectState(task, isRunning: true)
    },
    "ended": { session, arguments throws(ScriptError) in
      let task = try session.anyTask(&arguments)
      try arguments.end()
      try session.expectState(task, isRunning: false)
    },
  ]

  private func anyTask(
    _ arguments: inout Arguments
  ) throws(ScriptError) -> (name: String, id: TaskID) {
    guard let task = takeTask(&arguments) else { throw arguments.expected("a task") }
    return task
  }

  private func expectState(
    _ task: (name: String, id: TaskID), isRunning: Bool
  ) throws(ScriptError) {
    let got = machine.task(task.id)?.state
    if (got == .running) != isRunning {
      let words = got.map { "\($0)" } ?? "gone"
      throw unmet("task \(task.name) \(isRunning ? "running" : "ended")", words)
    }
  }

  /// What a file's store holds, or how many of its pages are cached or dirty.
  private func expectFile(_ arguments: inout Arguments) throws(ScriptError) {
    let name = try arguments.value("the name of a file") { self.stores[$0] == nil ? nil : $0 }
    if let what = arguments.take("cached", "dirty") {
      let wanted = try arguments.size("a number of pages")
      try arguments.end()
      guard let file = machine.file(named: name), let status = machine.status(of: file) else {
        throw unmet("a file \(name)", "none")
      }
      let got = what == "cached" ? status.cachedPages : status.dirtyPages
      if got != wanted { throw unmet("\(wanted) \(what) pages of \(name)", "\(got)") }
      return
    }
    let offset = arguments.take("at") != nil ? try arguments.size("an offset") : 0
    let wanted = try arguments.bytes()
    let contents = (stores[name] as? MemoryFileStore)?.contents ?? []
    let bytes = Array(contents.dropFirst(offset).prefix(wanted.count))
    if bytes != wanted {
      throw unmet(
        "the bytes \(Outcome.words(wanted)) in \(name)", "the bytes \(Outcome.words(bytes))")
    }
  }

  /// Whether a core's TLBs hold the page of an address for the task that runs there.
  private func expectTranslation(_ arguments: inout Arguments) throws(ScriptError) {
    let core = try core(&arguments)
    let place = try address(&arguments)
    let wanted = try arguments.value("held or none") { ["held": true, "none": false][$0] }
    try arguments.end()
    let isHeld = machine.cachedFrame(place, core: core) != nil
    if isHeld != wanted {
      throw unmet(
        "\(wanted ? "a" : "no") translation of \(words(place)) on core \(core)",
        isHeld ? "one" : "none")
    }
  }

  private func expectCount(
    _ what: String, _ arguments: inout Arguments, _ count: (AddressSpace) -> Int
  ) throws(ScriptError) {
    let task = try task(&arguments)
    let wanted = try arguments.size("a number")
    try arguments.end()
    let got = machine.addressSpace(of: task).map(count) ?? 0
    if got != wanted { throw unmet("\(what) \(name(task)) \(wanted)", "\(got)") }
  }

  private func expectArea(_ arguments: inout Arguments) throws(ScriptError) {
    let task = try task(&arguments)
    let place = try address(&arguments)
    let wanted = try arguments.word("rights such as rw-p, or none")
    let pages = arguments.take(Arguments.size)
    try arguments.end()
    let area = machine.addressSpace(of: task)?.area(containing: Int(place >> 12))
    let got = area.map { rights($0) } ?? "none"
    if got != wanted { throw unmet("an area \(wanted) at \(words(place))", got) }
    if let pages, let area, area.count != pages {
      throw unmet("an area of \(counted(pages, "page"))", "\(area.count)")
    }
  }

  private func expectPage(_ arguments: inout Arguments) throws(ScriptError) {
    let task = try task(&arguments)
    let place = try address(&arguments)
    let kinds = ["frame", "zero", "swap", "none"]
    let wanted = try arguments.value("frame, zero, swap or none") { kinds.contains($0) ? $0 : nil }
    let entry = leafEntry(task, place) ?? .none
    let got =
      entry.isNone
      ? "none" : SwapEntry(entry) != nil ? "swap" : entry.has(.special) ? "zero" : "frame"
    if got != wanted { throw unmet("\(wanted) behind \(words(place))", got) }
    while !arguments.isAtEnd {
      let state = try arguments.word("writable, read-only, dirty, clean or accessed")
      let holds: Bool
      switch state {
      case "writable": holds = entry.isWritable
      case "read-only": holds = !entry.isWritable
      case "dirty": holds = entry.isDirty
      case "clean": holds = !entry.isDirty
      case "accessed": holds = entry.isAccessed
      default:
        throw ScriptError(
          .usage, "expected writable, read-only, dirty, clean or accessed, not '\(state)'")
      }
      if !holds {
        throw unmet(
          "a page that is \(state) at \(words(place))", entry.leafWords(zeroFrame: nil).plain)
      }
    }
  }

  private func expectFrames(
    _ arguments: inout Arguments, areSame: Bool
  ) throws(ScriptError) {
    let (first, one) = try frameBehind(&arguments)
    let (second, other) = try frameBehind(&arguments)
    try arguments.end()
    if (one == other) != areSame {
      throw unmet(
        areSame
          ? "one frame behind \(first) and \(second)" : "two frames behind \(first) and \(second)",
        "frames \(one.rawValue) and \(other.rawValue)")
    }
  }

  private func frameBehind(
    _ arguments: inout Arguments
  ) throws(ScriptError) -> (words: String, frame: FrameNumber) {
    let task = try task(&arguments)
    let place = try address(&arguments)
    guard let entry = leafEntry(task, place), entry.mapsFrame else {
      throw unmet("a frame behind \(words(place)) of \(name(task))", "none")
    }
    return ("\(name(task)) \(words(place))", entry.frame)
  }
}
