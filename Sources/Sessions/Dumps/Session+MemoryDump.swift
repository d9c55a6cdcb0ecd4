internal import MemoryUnits
internal import PageFrames
internal import VirtualMemory

extension Session {
  /// Free memory, its marks, the LRU lists and swap, as /proc/meminfo and /proc/zoneinfo have them.
  func dumpMemory() -> Reply {
    let use = machine.memoryUse
    let swap = machine.swapUse
    let marks = machine.memory.zone.watermarks
    let isAwake = machine.memory.zone.isReclaimerAwake
    let rows: [(String, String, Int)] = [
      ("free", "free_frames", use.free),
      ("active anonymous", "active_anonymous", use.activeAnonymous),
      ("inactive anonymous", "inactive_anonymous", use.inactiveAnonymous),
      ("active file", "active_file", use.activeFile),
      ("inactive file", "inactive_file", use.inactiveFile),
      ("unevictable", "unevictable", use.unevictable),
    ]
    var reply = Reply()
    for (words, key, frames) in rows {
      reply.lines.append(
        StyledLine(words.left(20), .quiet) + StyledLine(grouped(frames).right(10))
          + StyledLine(" frames  \(ByteCount(frames << 12).rounded)", .quiet))
      reply.add(key, JSON(frames))
    }
    reply.lines.append(
      StyledLine("watermarks".left(20), .quiet)
        + "min \(grouped(marks.min))  low \(grouped(marks.low))  high \(grouped(marks.high))"
        + StyledLine(isAwake ? "  kswapd is awake" : "  kswapd sleeps", .mark))
    reply.lines.append(
      StyledLine("swap".left(20), .quiet)
        + "\(grouped(swap.used)) of \(grouped(swap.total)) slots used, "
        + "\(counted(use.swapCached, "page")) in the swap cache")
    reply.add("watermark_min", JSON(marks.min))
    reply.add("watermark_low", JSON(marks.low))
    reply.add("watermark_high", JSON(marks.high))
    reply.add("swap_slots", JSON(swap.total))
    reply.add("swap_used", JSON(swap.used))
    reply.add("swap_cached", JSON(use.swapCached))
    return reply
  }

  /// The files with a name and what of them is in the page cache.
  func dumpFiles() -> Reply {
    var reply = Reply(
      StyledLine("file                       size    cached    dirty", .quiet))
    var list: [JSON] = []
    for name in stores.keys.sorted() {
      guard let file = machine.file(named: name), let status = machine.status(of: file) else {
        continue
      }
      reply.lines.append(
        StyledLine(name.left(20), .name) + StyledLine(grouped(status.size).right(11))
          + StyledLine(
            grouped(status.cachedPages).right(10) + grouped(status.dirtyPages).right(9)))
      list.append(
        .members(
          ("name", .string(name)), ("size", JSON(status.size)),
          ("cached_pages", JSON(status.cachedPages)), ("dirty_pages", JSON(status.dirtyPages))))
    }
    reply.add("files", .list(list))
    return reply
  }
}
