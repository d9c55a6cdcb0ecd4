internal import VirtualMemory

extension Session {
  /// The running task of this name.
  func task(_ arguments: inout Arguments) throws(ScriptError) -> TaskID {
    guard let task = takeTask(&arguments) else { throw arguments.expected("a task (\(taskWords))") }
    return try running(task.name, task.id)
  }

  /// The next word if it names a task.
  func takeTask(_ arguments: inout Arguments) -> (name: String, id: TaskID)? {
    arguments.take { word in self.tasks.last { $0.name == word } }
  }

  private func running(_ name: String, _ id: TaskID) throws(ScriptError) -> TaskID {
    guard machine.task(id)?.state == .running else {
      throw ScriptError(.usage, "task \(name) has ended")
    }
    return id
  }

  private var taskWords: String {
    tasks.isEmpty ? "'spawn A' makes one" : tasks.map(\.name).joined(separator: ", ")
  }

  /// What a task is called here; its pid when it has no name.
  func name(_ task: TaskID) -> String {
    tasks.last { $0.id == task }?.name ?? "pid \(task)"
  }

  /// A name for something new.
  func newName(_ what: String, _ arguments: inout Arguments) throws(ScriptError) -> String {
    try arguments.value("a name for \(what)") { Self.isName($0) ? $0 : nil }
  }

  /// Letters, digits and underscores, from a letter on.
  static func isName(_ word: String) -> Bool {
    guard let first = word.first, first.isLetter || first == "_" else { return false }
    return word.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" }
  }

  /// An address: names, numbers and sizes joined by + and -, without blanks: `x`, `x+0x1000`,
  /// `stack-8KiB`, `0x400000`.
  func address(_ arguments: inout Arguments) throws(ScriptError) -> UInt64 {
    let word = try arguments.word("an address")
    guard let place = try address(word) else {
      throw ScriptError(
        .usage, "expected an address such as 0x400000 or x+0x1000, not '\(word)'")
    }
    return place
  }

  /// Nil for what is no address at all.
  func address(_ word: String) throws(ScriptError) -> UInt64? {
    var sum: UInt64 = 0
    var rest = Substring(word)
    var adds = true
    while true {
      let term = rest.prefix { $0 != "+" && $0 != "-" }
      guard !term.isEmpty else { return nil }
      let value: UInt64
      if let place = places[String(term)] {
        value = place.address
      } else if term.hasPrefix("0x"), let number = UInt64(term.dropFirst(2), radix: 16) {
        value = number
      } else if let size = Arguments.size(String(term)) {
        value = UInt64(size)
      } else if Self.isName(String(term)) {
        throw ScriptError(.usage, "no address has the name '\(term)'")
      } else {
        return nil
      }
      sum = adds ? sum &+ value : sum &- value
      rest = rest.dropFirst(term.count)
      guard let sign = rest.popFirst() else { return sum }
      adds = sign == "+"
    }
  }

  /// A length that may be left out where the address is one with a name and a length.
  func length(_ arguments: inout Arguments, at place: UInt64) throws(ScriptError) -> UInt64 {
    if let size = arguments.take(Arguments.size) { return UInt64(size) }
    let named = places.values.filter { $0.address == place && $0.length > 0 }
    if let length = named.map(\.length).max() { return length }
    throw arguments.expected("a length in bytes")
  }

  /// `as NAME`, if it comes.
  func nameAfterAs(_ arguments: inout Arguments) throws(ScriptError) -> String? {
    guard arguments.take("as") != nil else { return nil }
    let name = try newName("the address", &arguments)
    return name
  }

  /// An address in words: `x+0x10` where a name covers it, else the number.
  func words(_ place: UInt64) -> String {
    var best: (name: String, offset: UInt64)?
    for (name, named) in places
    where place >= named.address && place - named.address < max(named.length, 1) {
      let offset = place - named.address
      if let known = best, (known.offset, known.name) < (offset, name) { continue }
      best = (name, offset)
    }
    guard let best else { return prefixed(place) }
    return best.offset == 0 ? best.name : "\(best.name)+\(prefixed(best.offset))"
  }
}
