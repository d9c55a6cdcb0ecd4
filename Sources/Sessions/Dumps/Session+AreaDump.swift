internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  /// Pages of one area by what is behind them.
  private struct Resident {
    var frames = 0
    var zero = 0
    var swapped = 0
  }

  /// The areas of a task as /proc/PID/maps has them, with the pages that are there.
  func dumpAreas(_ task: TaskID) -> Reply {
    guard let space = machine.addressSpace(of: task) else { return Reply() }
    var areas: [Area] = []
    space.forEachArea { areas.append($0) }
    let resident = count(areas, task)
    var reply = Reply(
      StyledLine(name(task), .name)
        + " has \(counted(areas.count, "area")) of "
        + "\(ByteCount(space.mappedPages << 12).rounded), \(space.resident.total << 2) KiB in frames"
        + (space.resident.swapped > 0 ? ", \(space.resident.swapped << 2) KiB in swap" : "")
        + ", \(counted(space.tablePages, "page table"))")
    if !areas.isEmpty {
      reply.lines.append(
        StyledLine(
          "address range              rights    offset     pages   frames  zero  swap  backing",
          .quiet))
    }
    var list: [JSON] = []
    for (area, resident) in zip(areas, resident) {
      reply.lines.append(line(area, resident))
      list.append(
        .members(
          ("start", JSON(area.start << 12)), ("end", JSON(area.end << 12)),
          ("rights", .string(rights(area))), ("offset", JSON(area.offset << 12)),
          ("pages", JSON(area.count)), ("frames", JSON(resident.frames)),
          ("zero_pages", JSON(resident.zero)), ("swapped", JSON(resident.swapped)),
          ("backing", .string(backing(area)))))
    }
    reply.add("areas", .list(list))
    reply.add("page_tables", JSON(space.tablePages))
    return reply
  }

  private func line(_ area: Area, _ resident: Resident) -> StyledLine {
    let names = places.filter { $0.value.address >> 12 >= UInt64(area.start) }
      .filter { $0.value.address >> 12 < UInt64(area.end) }
      .sorted { ($0.value.address, $0.key) < ($1.value.address, $1.key) }.map(\.key)
    let offset = area.isAnonymous ? 0 : area.offset << 12
    var line = StyledLine("\(hex(area.start << 12, 12))-\(hex(area.end << 12, 12))", .name)
    line += StyledLine("  \(rights(area))  \(hex(offset, 8))")
    line += StyledLine(grouped(area.count).right(10) + grouped(resident.frames).right(9))
    line += StyledLine(
      grouped(resident.zero).right(6) + grouped(resident.swapped).right(6), .quiet)
    line += StyledLine("  \(backing(area))")
    if !names.isEmpty { line += StyledLine("  \(names.joined(separator: " "))", .name) }
    return line
  }

  /// `rw-p` as /proc/PID/maps has it.
  func rights(_ area: Area) -> String {
    area.flags.protection.description + (area.isShared ? "s" : "p")
  }

  private func backing(_ area: Area) -> String {
    var words = area.file.map { fileName($0) } ?? "anonymous"
    if area.flags.contains(.growsDown) { words = "[stack]" }
    if area.flags.contains(.locked) { words += ", locked" }
    return words
  }

  /// Counts the pages of each area, which are in ascending order.
  private func count(_ areas: [Area], _ task: TaskID) -> [Resident] {
    var counts = [Resident](repeating: Resident(), count: areas.count)
    var current = 0
    forEachEntry(task) { step, page in
      guard step.isLeaf else { return }
      while current < areas.count, areas[current].end <= page { current += 1 }
      guard current < areas.count, areas[current].start <= page else { return }
      if SwapEntry(step.entry) != nil {
        counts[current].swapped += step.pages
      } else if step.entry.has(.special) {
        counts[current].zero += step.pages
      } else {
        counts[current].frames += step.pages
      }
    }
    return counts
  }
}
