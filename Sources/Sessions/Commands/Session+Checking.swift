internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  static let checkingCommands = [
    Command(
      name: "expect",
      usage: "expect BYTE...|\"TEXT\"|ok|signal NAME [CODE]|errno NAME|COUNTER [+]N|...",
      summary: "a check; 'help expect' has all forms", more: expectationWords, acts: false
    ) { session, arguments throws(ScriptError) in
      try session.expect(&arguments)
      var reply = Reply([], ("met", true))
      reply.isCheck = true
      return reply
    },
    Command(
      name: "validate", usage: "validate", summary: "checks every invariant of the machine",
      acts: false
    ) { session, arguments throws(ScriptError) in
      try arguments.end()
      session.machine.validate()
      return Reply(StyledLine("all invariants hold", .good), ("valid", true))
    },
  ]

  /// The forms of `expect` beside bytes.
  private static let expectationWords = [
    "0 / 0x2a 07 / \"text\"                   the bytes of the last load; one byte stands for all",
    "ok                                      the last command gave no error",
    "signal SIGSEGV [MAPERR|ACCERR]          it raised this signal; SIGBUS, SIGKILL",
    "errno ENOMEM                            it failed with this error",
    "address x+0x1000                        it answered this address",
    "pgfault +2                              it changed a counter so; without +: the total",
    "hugepages-64kB/stats/swpout +1          the same of a size of huge pages",
    "areas A 3 / tables A 4                  areas, page tables of a task",
    "resident A 2 / swapped A 2              pages in frames, in swap",
    "huge A 1                                leaves of 2 MiB in its page tables",
    "area A x rw-p [PAGES] / area A x none   rights and length of the area at an address",
    "page A x frame|zero|swap|none           what is behind an address; writable, read-only,",
    "                                        dirty, clean, accessed",
    "same A x B y / different A x B y        two addresses with one frame, with two",
    "mappings A x 2                          entries that map the frame",
    "folio A x 16                            frames of the folio behind an address",
    "count 4096                              read or write answered this number",
    "file data \"text\" / file data at 8 2a   what the file's store holds, without the cache",
    "file data cached 3 / file data dirty 1  its pages in the page cache",
    "translation 0 x held|none               whether core 0's TLBs hold the page",
    "running A / ended A                     whether a task is alive",
    "events NAME...                          these events happened in this order",
  ]

  /// Throws what is not as the line says.
  private func expect(_ arguments: inout Arguments) throws(ScriptError) {
    defer { if outcome.isFailure { isExcused = true } }
    if arguments.take("ok") != nil {
      try arguments.end()
      if outcome.isFailure { throw unmet("no error", outcome.words) }
    } else if arguments.take("signal") != nil {
      try expectSignal(&arguments)
    } else if arguments.take("errno") != nil {
      let name = try arguments.word("an error such as ENOMEM")
      try arguments.end()
      guard case .errno(let errno) = outcome.result, errno.description == name else {
        throw unmet(name, outcome.words)
      }
    } else if arguments.take("address") != nil {
      let place = try address(&arguments)
      try arguments.end()
      guard outcome.result == .address(place) else {
        throw unmet("the address \(prefixed(place))", outcome.words)
      }
    } else if arguments.take("events") != nil {
      try expectEvents(&arguments)
    } else if let counter = arguments.take({ word in self.counters.first { $0.name == word } }) {
      try expectCounter(counter.name, &arguments)
    } else if let subject = arguments.take({ Self.subjects[$0] }) {
      try subject(self, &arguments)
    } else {
      try expectBytes(&arguments)
    }
  }

  private func expectSignal(_ arguments: inout Arguments) throws(ScriptError) {
    let names = ["SIGSEGV", "SIGBUS", "SIGKILL"]
    let name = try arguments.value("SIGSEGV, SIGBUS or SIGKILL") { names.contains($0) ? $0 : nil }
    let code = arguments.take { ["MAPERR", "ACCERR", "ADRERR"].contains($0) ? $0 : nil }
    try arguments.end()
    let wanted = name + (code.map { " \($0)" } ?? "")
    guard case .signal(let signal) = outcome.result else { throw unmet(wanted, outcome.words) }
    let words = signal.description
    guard words.hasPrefix(name), code.map({ words.contains("_" + $0) }) ?? true else {
      throw unmet(wanted, words)
    }
  }

  private func expectBytes(_ arguments: inout Arguments) throws(ScriptError) {
    let wanted = try arguments.bytes()
    guard case .bytes(let bytes) = outcome.result else {
      throw unmet("the bytes \(Outcome.words(wanted))", outcome.words)
    }
    // One byte stands for all.
    let met = wanted.count == 1 ? bytes.allSatisfy { $0 == wanted[0] } : bytes == wanted
    if !met { throw unmet("the bytes \(Outcome.words(wanted))", outcome.words) }
  }

  private func expectCounter(
    _ name: String, _ arguments: inout Arguments
  ) throws(ScriptError) {
    let wanted = try arguments.value("a number, or + and a number") { word in
      Int(word).map { (isChange: word.hasPrefix("+"), value: $0) }
    }
    try arguments.end()
    func value(_ counters: [(name: String, value: UInt64)]) -> Int {
      Int(counters.first { $0.name == name }?.value ?? 0)
    }
    let now = value(counters)
    let got = wanted.isChange ? now - value(outcome.countersBefore) : now
    if got != wanted.value {
      let sign = wanted.isChange ? "+" : ""
      throw unmet("\(name) \(sign)\(wanted.value)", "\(sign)\(got)")
    }
  }

  /// The names must come in this order, others may stand between.
  private func expectEvents(_ arguments: inout Arguments) throws(ScriptError) {
    var left = events[...]
    while !arguments.isAtEnd {
      let name = try arguments.word("an event")
      guard let found = left.firstIndex(where: { $0.kind.name == name }) else {
        let seen = left.prefix(8).map(\.kind.name).joined(separator: " ")
        throw unmet(
          "the event \(name) next",
          left.isEmpty ? "no more events" : seen + (left.count > 8 ? " ..." : ""))
      }
      left = left[(found + 1)...]
    }
  }

  func unmet(_ wanted: String, _ got: String) -> ScriptError {
    ScriptError(.unmet, "expected \(wanted), got \(got)")
  }
}
