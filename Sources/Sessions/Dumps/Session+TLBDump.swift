internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  /// The tasks and the TLB entries of one core, or of all.
  func dumpTLB(_ cores: some Sequence<Int>) -> Reply {
    var reply = Reply()
    var list: [JSON] = []
    for core in cores {
      let state = machine.coreState(core)
      // An entry is usually held on both levels.
      var seen: Set<TLBEntry> = []
      let entries = state.entries.filter { seen.insert($0).inserted }
        .sorted { ($0.asid, $0.virtualPage) < ($1.asid, $1.virtualPage) }
      let task = state.task.map { name($0) }
      reply.lines.append(
        StyledLine("core \(core)", .mark)
          + StyledLine(task.map { " runs \($0)" } ?? " idles")
          + (state.loaded == nil ? "" : ", context \(state.context)")
          + ", \(counted(entries.count, "translation", "translations"))")
      if !entries.isEmpty {
        reply.lines.append(
          StyledLine("  context  page              size    frame   rights", .quiet))
      }
      for entry in entries { reply.lines.append(line(entry)) }
      list.append(
        .members(
          ("core", JSON(core)), ("task", task.map { .string($0) } ?? .null),
          ("context", JSON(state.context)), ("entries", .list(entries.map { json($0) }))))
    }
    reply.add("cores", .list(list))
    return reply
  }

  private func line(_ entry: TLBEntry) -> StyledLine {
    var rights = "r" + (entry.isWritable ? "w" : "-") + (entry.isExecutable ? "x" : "-")
    if entry.isDirty { rights += " dirty" }
    if entry.isGlobal { rights += " global" }
    if !entry.isUser { rights += " supervisor" }
    let place = entry.virtualPage << 12
    let size = entry.size.bytes.description
    var line = StyledLine((entry.isGlobal ? "-" : "\(entry.asid)").right(9))
    line += "  " + StyledLine(hex(place, 12), .name)
    line += StyledLine("  \(size.right(8))\(String(entry.frame.rawValue).right(9))   ")
    line += StyledLine(rights.left(10), .mark)
    let words = words(place)
    return line + StyledLine(words.hasPrefix("0x") ? "" : " " + words, .name)
  }

  private func json(_ entry: TLBEntry) -> JSON {
    .members(
      ("asid", JSON(entry.asid)), ("address", JSON(entry.virtualPage << 12)),
      ("page_bytes", JSON(entry.size.bytes.rawValue)), ("frame", JSON(entry.frame.rawValue)),
      ("writable", .bool(entry.isWritable)), ("executable", .bool(entry.isExecutable)),
      ("dirty", .bool(entry.isDirty)), ("global", .bool(entry.isGlobal)))
  }
}
