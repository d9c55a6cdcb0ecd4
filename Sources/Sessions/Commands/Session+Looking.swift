internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  static let lookingCommands = [
    Command(
      name: "dump",
      usage: "dump areas TASK|tables TASK [ADDRESS]|rmap FRAME|rmap TASK ADDRESS|tlb [CORE]|...",
      summary: "what kernel and hardware know; 'help dump' has all",
      more: [
        "areas TASK             as /proc/PID/maps has them, with the pages that are there",
        "tables TASK            the page tables as a tree",
        "tables TASK ADDRESS    the walk of one address, every word decoded",
        "tlb [CORE]             what runs there, and the translations that its TLBs hold",
        "frames                 physical memory, a character per frame; free blocks by order",
        "availability           free blocks from 32KiB to 1GiB: now, by reclaim, by compaction",
        "memory                 free frames, watermarks, LRU lists, swap",
        "files                  sizes, cached and dirty pages",
        "rmap FRAME             who maps a frame, found from the frame",
        "rmap TASK ADDRESS      the same for the frame behind an address",
      ], acts: false
    ) { session, arguments throws(ScriptError) in
      switch try arguments.word(
        "areas, tables, tlb, frames, availability, memory, files or rmap")
      {
      case "areas":
        let task = try session.task(&arguments)
        try arguments.end()
        return session.dumpAreas(task)
      case "tables":
        let task = try session.task(&arguments)
        guard !arguments.isAtEnd else { return session.dumpTables(task) }
        let place = try session.address(&arguments)
        try arguments.end()
        return session.dumpWalk(task, place)
      case "frames":
        try arguments.end()
        return session.dumpFrames()
      case "availability":
        try arguments.end()
        return session.dumpAvailability()
      case "tlb":
        let cores =
          arguments.isAtEnd
          ? 0..<session.configuration.coreCount : try session.oneCore(&arguments)
        try arguments.end()
        return session.dumpTLB(cores)
      case "memory":
        try arguments.end()
        return session.dumpMemory()
      case "files":
        try arguments.end()
        return session.dumpFiles()
      case "rmap":
        let frame = try session.frame(&arguments)
        try arguments.end()
        return session.dumpReverseMap(frame)
      case let other:
        throw ScriptError(
          .usage,
          "expected areas, tables, tlb, frames, availability, memory, files or rmap, not '\(other)'"
        )
      }
    },
    Command(
      name: "events", usage: "events on|off|watch|show|clear",
      summary: "what happens inside, with simulated time",
      more: [
        "on and off record; watch shows what happened below each command;",
        "show prints what was recorded, clear forgets it.",
      ], acts: false
    ) { session, arguments throws(ScriptError) in
      let what = try arguments.word("on, off, watch, show or clear")
      try arguments.end()
      switch what {
      case "on", "watch":
        session.recordEvents(true)
        session.watchesEvents = what == "watch"
      case "off":
        session.recordEvents(false)
        session.watchesEvents = false
      case "clear": session.forgetEvents()
      case "show":
        return Reply(
          session.eventLines(session.events[...]),
          ("events", .list(session.events.map { session.eventJSON($0) })))
      default:
        throw ScriptError(.usage, "expected on, off, watch, show or clear, not '\(what)'")
      }
      return Reply()
    },
    Command(
      name: "vmstat", usage: "vmstat", summary: "every counter, as /proc/vmstat has them",
      acts: false
    ) { session, arguments throws(ScriptError) in
      try arguments.end()
      return session.counterReply(session.vmstat)
    },
    Command(
      name: "counters", usage: "counters", summary: "the counters that are not 0", acts: false
    ) { session, arguments throws(ScriptError) in
      try arguments.end()
      return session.counterReply(session.counters.filter { $0.value > 0 })
    },
    Command(name: "help", usage: "help [COMMAND]", summary: "this list", acts: false) {
      _, arguments throws(ScriptError) in
      if arguments.isAtEnd { return Session.helpReply() }
      let command = try arguments.value("a command") { Session.command($0) }
      try arguments.end()
      var lines = [StyledLine(command.usage, .name), StyledLine("  \(command.summary)")]
      lines += command.more.map { StyledLine("  \($0)") }
      return Reply(lines)
    },
  ]

  func forgetEvents() {
    events = []
    eventsBefore = 0
  }

  /// A frame by its number, or the one behind an address.
  private func frame(_ arguments: inout Arguments) throws(ScriptError) -> FrameNumber {
    if let number = arguments.take({ Int($0) }) {
      guard number >= 0, number < configuration.frameCount else {
        throw ScriptError(.usage, "expected a frame below \(configuration.frameCount)")
      }
      return FrameNumber(number)
    }
    let task = try task(&arguments)
    let place = try address(&arguments)
    guard let entry = leafEntry(task, place), entry.mapsFrame else {
      throw ScriptError(.usage, "no frame is behind \(words(place))")
    }
    return entry.frame
  }

  private func counterReply(_ counters: [(name: String, value: UInt64)]) -> Reply {
    var reply = Reply(counters.map { StyledLine($0.name) + " \($0.value)" })
    reply.add(
      "vmstat", .object(counters.map { JSON.Member(key: $0.name, value: JSON($0.value)) }))
    return reply
  }

  private static func helpReply() -> Reply {
    var lines: [StyledLine] = []
    for (heading, commands) in chapters {
      lines.append(StyledLine(heading, .quiet))
      for command in commands {
        if command.usage.count > 44 {
          lines.append(StyledLine("  " + command.usage, .name))
          lines.append(StyledLine(String(repeating: " ", count: 48) + command.summary))
        } else {
          lines.append(
            StyledLine("  " + command.usage.left(46), .name) + StyledLine(command.summary))
        }
      }
    }
    lines.append(
      StyledLine(
        "Addresses: x, x+0x1000, 0x400000. Sizes: 8096, 64KiB, 2M. '#' begins a comment.", .quiet))
    return Reply(lines)
  }
}
