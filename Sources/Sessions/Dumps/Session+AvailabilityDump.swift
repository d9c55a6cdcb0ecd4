internal import Fragmentation
internal import MemoryUnits
internal import PageFrames
internal import VirtualMemory

extension Session {
  /// How many contiguous blocks there are and could be: the answer of `framelab ask` for this machine.
  func dumpAvailability() -> Reply {
    let zone = availability()
    var reply = Reply(
      StyledLine(
        "blocks of        now     held  reclaimed  compacted   by Linux      moves", .quiet))
    var list: [JSON] = []
    for order in zone.orders where (order.blocks ?? 0) > 0 {
      let compacted = order.afterCompaction?.low ?? 0
      let moves = order.moves?.moves(compacted) ?? 0
      let numbers = [order.now, order.held, order.afterReclaim].map { $0 ?? 0 }
      reply.lines.append(
        StyledLine("\(order.order.bytes)".right(8), .name)
          + StyledLine(
            grouped(numbers[0]).right(12) + grouped(numbers[1]).right(9)
              + grouped(numbers[2]).right(11) + grouped(compacted).right(11)
              + grouped(order.attainable?.low ?? 0).right(11))
          + StyledLine(grouped(moves).right(11), .quiet))
      list.append(
        .members(
          ("order", JSON(order.order.index)), ("now_blocks", JSON(numbers[0])),
          ("held_blocks", JSON(numbers[1])), ("after_reclaim_blocks", JSON(numbers[2])),
          ("after_compaction_blocks", JSON(compacted)),
          ("attainable_by_linux_blocks", JSON(order.attainable?.low ?? 0)),
          ("moves", JSON(moves))))
    }
    for blocker in zone[.huge]?.blockers ?? [] {
      let kind = blocker.kind.key.split(separator: "_").joined(separator: " ")
      reply.lines.append(
        StyledLine("in the way of 2MiB: ", .quiet)
          + StyledLine("\(kind), \(counted(Int(blocker.frames), "frame"))", .mark)
          + StyledLine(" in \(counted(Int(blocker.blocks), "block"))", .quiet))
    }
    reply.add("free_frames", JSON(zone.freeFrames))
    reply.add("orders", .list(list))
    return reply
  }

  func availability() -> ZoneAvailability {
    let scan = AvailabilityScan { machine.forEachStates(planes: $0, states: $1) }
    let marks = machine.watermarks
    return ZoneAvailability(
      scan, name: "Normal", limits: LinuxLimits(min: UInt64(marks.min), low: UInt64(marks.low)))
  }
}
