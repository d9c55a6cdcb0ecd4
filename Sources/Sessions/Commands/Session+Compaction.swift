internal import MemoryUnits
internal import VirtualMemory

extension Session {
  static let compactionCommands = [
    Command(
      name: "compact",
      usage: "compact [proactiveness N|extfrag N|unevictable on|off]",
      summary: "compacts all memory, or sets when that is done",
      more: [
        "Without a word it is /proc/sys/vm/compact_memory, and the count are the pages that moved.",
        "'proactiveness' is vm.compaction_proactiveness, 0 to 100: kcompactd works in the background,",
        "while time goes by ('wait').",
        "'extfrag' is vm.extfrag_threshold, 0 to 1000; 'unevictable' is",
        "vm.compact_unevictable_allowed: whether locked pages move.",
      ]
    ) { session, arguments throws(ScriptError) in
      if arguments.isAtEnd { return session.compact() }
      let setting = try arguments.value("proactiveness, extfrag or unevictable") {
        ["proactiveness", "extfrag", "unevictable"].contains($0) ? $0 : nil
      }
      if setting == "unevictable" {
        let isAllowed = try arguments.value("on or off") { ["on": true, "off": false][$0] }
        try arguments.end()
        session.machine.setCompactUnevictableAllowed(isAllowed)
        return Reply()
      }
      let value = try arguments.size("a number")
      try arguments.end()
      return session.setCompaction(setting, value)
    }
  ]

  private func compact() -> Reply {
    let moved = machine.compactMemory()
    let free = machine.freeBlocksByOrder
    let blocks = Int(free[Order.huge.index] + 2 * free[Order.maximum.index])
    outcome.result = .count(moved)
    return Reply(
      StyledLine("\(counted(moved, "page")) moved, \(counted(blocks, "block")) of 2 MiB free"),
      ("moved_pages", JSON(moved)), ("huge_pages_now", JSON(blocks)))
  }

  private func setCompaction(_ setting: String, _ value: Int) -> Reply {
    do {
      if setting == "extfrag" {
        try machine.setExtfragThreshold(value)
      } else {
        try machine.setCompactionProactiveness(value)
      }
      return Reply()
    } catch {
      return failed(error)
    }
  }
}
