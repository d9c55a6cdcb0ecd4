internal import MemoryUnits
internal import Translation
internal import VirtualMemory

extension Session {
  /// Leaf entries in a row that are shown before the rest is counted.
  private static let shownEntries = 16

  /// The page tables of a task as a tree; of the leaves of one table at most sixteen.
  func dumpTables(_ task: TaskID) -> Reply {
    guard let space = machine.addressSpace(of: task) else { return Reply() }
    var reply = Reply(
      StyledLine("cr3", .mark) + " of " + StyledLine(name(task), .name)
        + " = \(prefixed(UInt64(space.root.rawValue) << 12)), frame \(space.root.rawValue); "
        + "the upper half is the kernel's")
    var entries: [JSON] = []
    var shown = 0
    var left = 0
    func sayLeft() -> [StyledLine] {
      defer { (shown, left) = (0, 0) }
      return left > 0
        ? [StyledLine("        ... and \(counted(left, "entry", "entries")) more", .quiet)] : []
    }
    forEachEntry(task) { step, page in
      entries.append(json(step, page))
      if step.level > 0 {
        reply.lines += sayLeft()
      } else {
        shown += 1
        if shown > Self.shownEntries {
          left += 1
          return
        }
      }
      reply.lines.append(line(step, page))
    }
    reply.lines += sayLeft()
    reply.add("root_frame", JSON(space.root.rawValue))
    reply.add("entries", .list(entries))
    return reply
  }

  /// One line of the tree, two blanks deeper for each level.
  private func line(_ step: TableStep, _ page: Int) -> StyledLine {
    let depth = Self.rootLevel - step.level
    let place = "\(TableStep.name(step.level)) [\(String(step.slot).right(3))]"
    var line = StyledLine(String(repeating: "  ", count: depth + 1)) + StyledLine(place, .quiet)
    line += StyledLine(String(repeating: " ", count: (3 - depth) * 2 + 1))
    line +=
      StyledLine(hex(page << 12, 12), .name) + StyledLine("  \(hex(step.entry.rawValue, 16))  ")
    return line + words(step)
  }

  private func words(_ step: TableStep) -> StyledLine {
    if step.isLeaf || !step.entry.isPresent {
      return step.entry.leafWords(zeroFrame: nil, isLarge: step.level > 0)
    }
    return StyledLine("table in frame \(step.entry.frame.rawValue)") + "  "
      + StyledLine(step.entry.bitNames(isLeaf: false).joined(separator: " "), .mark)
  }

  private func json(_ step: TableStep, _ page: Int) -> JSON {
    .members(
      ("level", .string(TableStep.name(step.level))), ("slot", JSON(step.slot)),
      ("table_frame", JSON(step.table.rawValue)), ("address", JSON(page << 12)),
      ("entry", .string(prefixed(step.entry.rawValue))),
      ("frame", step.entry.mapsFrame ? JSON(step.entry.frame.rawValue) : .null),
      (
        "bits",
        .list(
          step.entry.bitNames(isLeaf: step.isLeaf, isLarge: step.level > 0).map { .string($0) })
      ))
  }

  /// The walk of one address with every word decoded.
  func dumpWalk(_ task: TaskID, _ place: UInt64) -> Reply {
    let parts = (0...Self.rootLevel).reversed().map {
      "\(TableStep.name($0)) \(Int(place >> UInt64(12 + 9 * $0)) & 511)"
    }
    var reply = Reply(
      StyledLine(prefixed(place), .name)
        + " = \(parts.joined(separator: " · ")) · offset \(prefixed(place & 4095))")
    let steps = walk(task, place)
    for step in steps {
      let table = UInt64(step.table.rawValue) << 12 + UInt64(step.slot) << 3
      reply.lines.append(
        StyledLine("  \(TableStep.name(step.level))", .quiet)
          + " at \(prefixed(table).left(10)) "
          + StyledLine("\(hex(step.entry.rawValue, 16))  ") + words(step))
    }
    reply.add("steps", .list(steps.map { json($0, Int(place >> 12)) }))
    if let last = steps.last, last.isLeaf, last.entry.isPresent {
      let frame = leafEntry(task, place)?.frame ?? last.entry.frame
      let physical = UInt64(frame.rawValue) << 12 | place & 4095
      reply.lines.append(
        StyledLine("  physical ", .quiet) + StyledLine(prefixed(physical), .good)
          + ", \(frameWords(frame))")
      reply.add("physical", JSON(physical))
    } else {
      reply.lines.append(StyledLine("  an access would fault here", .bad))
      reply.add("physical", .null)
    }
    return reply
  }
}

/// `1 entry`, `2 entries`
func counted(_ value: Int, _ one: String, _ several: String) -> String {
  "\(grouped(value)) \(value == 1 ? one : several)"
}
