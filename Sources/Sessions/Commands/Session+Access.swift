internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  static let accessCommands = [
    Command(
      name: "touch", usage: "touch TASK ADDRESS [read|write|execute] [PAGES]",
      summary: "one access, or one in each of several pages"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let place = try session.address(&arguments)
      let access = arguments.take { Session.accesses[$0] } ?? .read
      let pages = arguments.take(Arguments.size) ?? 1
      try arguments.end()
      return session.access(task, place) { machine throws(Signal) in
        for page in 0..<max(pages, 1) {
          try machine.touch(task, place &+ UInt64(page) << 12, access)
        }
      }
    },
    Command(
      name: "load", usage: "load TASK ADDRESS [BYTES]", summary: "reads bytes, as a program does"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let place = try session.address(&arguments)
      let count = arguments.take(Arguments.size) ?? 1
      try arguments.end()
      guard (1...1 << 20).contains(count) else {
        throw ScriptError(.usage, "expected 1 byte to 1MiB to load")
      }
      var bytes: [UInt8] = []
      var reply = session.access(task, place) { machine throws(Signal) in
        bytes = try machine.load(task, place, count: count)
      }
      if session.outcome.result == .done {
        session.outcome.result = .bytes(bytes)
        reply.lines = session.hexLines(bytes, place) + reply.lines
      }
      return reply
    },
    Command(
      name: "store", usage: "store TASK ADDRESS \"TEXT\"|BYTE...",
      summary: "writes bytes, as a program does"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let place = try session.address(&arguments)
      let bytes = try arguments.bytes()
      return session.access(task, place) { machine throws(Signal) in
        try machine.store(task, place, bytes)
      }
    },
  ]

  private static let accesses: [String: AccessKind] = [
    "read": .read, "write": .write, "execute": .execute,
  ]

  /// An access with the signal that it may raise; says where the page is and what it took.
  private func access(
    _ task: TaskID, _ place: UInt64, _ body: (inout Machine) throws(Signal) -> Void
  ) -> Reply {
    do {
      try body(&machine)
    } catch {
      _ = machine.takeSignal(task)
      return failed(error, task)
    }
    var reply = Reply()
    if let entry = leafEntry(task, place), entry.isPresent {
      let physical = UInt64(entry.frame.rawValue) << 12 | place & 4095
      reply.lines = [
        StyledLine(words(place), .name) + " is physical \(prefixed(physical)), "
          + StyledLine(frameWords(entry.frame)) + StyledLine(took(), .quiet)
      ]
      reply.add("physical", JSON(physical))
    }
    return reply
  }

  /// What the command cost in faults and copies, beginning with a separator.
  private func took() -> String {
    let now = machine.counters
    let before = outcome.before
    var parts: [String] = []
    let faults = Int(now.pgfault - before.pgfault)
    if faults > 0 { parts.append(counted(faults, "fault")) }
    if now.pgmajfault > before.pgmajfault { parts.append("from the file or swap") }
    let copied = Int(now.pagesCopied - before.pagesCopied)
    if copied > 0 { parts.append("\(counted(copied, "page")) copied") }
    return parts.isEmpty ? "" : " · " + parts.joined(separator: ", ")
  }

  /// Sixteen bytes a line, as hexdump -C has them; equal lines are left out.
  private func hexLines(_ bytes: [UInt8], _ place: UInt64) -> [StyledLine] {
    var lines: [StyledLine] = []
    var previous: ArraySlice<UInt8>?
    var skips = false
    for start in stride(from: 0, to: bytes.count, by: 16) {
      let row = bytes[start..<min(start + 16, bytes.count)]
      if let previous, previous.elementsEqual(row), start + 16 < bytes.count {
        if !skips { lines.append(StyledLine("*", .quiet)) }
        skips = true
        continue
      }
      skips = false
      previous = row
      let digits = row.map { hex($0, 2) }.joined(separator: " ")
      let text = String(
        String.UnicodeScalarView(
          row.map { (32...126).contains($0) ? UnicodeScalar($0) : "." }))
      lines.append(
        StyledLine(hex(place + UInt64(start), 12), .quiet) + "  \(digits.left(47))  "
          + StyledLine(text, .mark))
    }
    return lines
  }
}
