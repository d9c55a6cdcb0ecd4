internal import MemoryUnits
internal import PageFrames
internal import VirtualMemory

extension Session {
  static let coreCommands = [
    Command(name: "run", usage: "run TASK on CORE", summary: "a context switch") {
      session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      guard arguments.take("on") != nil else { throw arguments.expected("'on CORE'") }
      let core = try session.core(&arguments)
      try arguments.end()
      session.machine.run(task, on: core)
      return Reply()
    },
    Command(
      name: "idle", usage: "idle CORE", summary: "the core runs no task and keeps its tables"
    ) { session, arguments throws(ScriptError) in
      let core = try session.core(&arguments)
      try arguments.end()
      session.machine.run(nil, on: core)
      return Reply()
    },
    Command(
      name: "watermarks", usage: "watermarks MIN LOW HIGH",
      summary: "free memory at which reclaim begins and ends", acts: false
    ) { session, arguments throws(ScriptError) in
      let min = try arguments.size("a size") >> 12
      let low = try arguments.size("a size") >> 12
      let high = try arguments.size("a size") >> 12
      try arguments.end()
      guard 0 <= min, min <= low, low <= high else {
        throw ScriptError(.usage, "expected three sizes in ascending order")
      }
      let marks = Watermarks(min: min, low: low, high: high)
      session.configuration.watermarks = marks
      if session.hasStarted { session.machine.memory.zone.watermarks = marks }
      return Reply()
    },
    Command(
      name: "group", usage: "group NAME SIZE|none", summary: "a memory group with its limit"
    ) { session, arguments throws(ScriptError) in
      let name = try session.newName("the group", &arguments)
      let size = arguments.take("none") != nil ? nil : try arguments.size("a size, or none")
      try arguments.end()
      if let group = session.groups[name] {
        session.machine.setLimit(group, size.map { $0 >> 12 })
      } else {
        session.groups[name] = session.machine.makeGroup(limit: size.map { $0 >> 12 })
      }
      return Reply()
    },
  ]

  /// A core as a range of one.
  func oneCore(_ arguments: inout Arguments) throws(ScriptError) -> Range<Int> {
    let core = try core(&arguments)
    return core..<core + 1
  }

  func core(_ arguments: inout Arguments) throws(ScriptError) -> Int {
    let count = configuration.coreCount
    return try arguments.value("a core below \(count)") { word in
      Int(word).flatMap { (0..<count).contains($0) ? $0 : nil }
    }
  }
}
