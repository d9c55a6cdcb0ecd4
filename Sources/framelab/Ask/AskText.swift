import Fragmentation
import LinuxHost
import MemoryUnits

/// The answer for a person: yes or no in words, the table behind it, then what is in the way.
struct AskText {
  private let answer: AskAnswer
  private let terminal: Terminal

  init(_ answer: AskAnswer, terminal: Terminal = .standardOutput) {
    self.answer = answer
    self.terminal = terminal
  }

  var text: String {
    let parts = [
      [verdict, styled(source, 2)], table, plan, blockers,
      answer.caveats.map { styled(BenchFigure.wrapped($0), 2) },
    ]
    return parts.filter { !$0.isEmpty }.map { $0.joined(separator: "\n") }
      .joined(separator: "\n\n")
  }

  // MARK: The answer

  private var verdict: String {
    switch answer.verdict {
    case .yes: begun("yes", 32, yes)
    case .no: begun("no", 31, no)
    case .unknown: begun("cannot tell", 33, unknown)
    }
  }

  /// A sentence whose first words have a colour.
  private func begun(_ words: String, _ colour: Int, _ rest: String) -> String {
    styled(words, colour, 1) + BenchFigure.wrapped(words + rest).dropFirst(words.count)
  }

  private var needs: String { answer.needs.map(Self.words).joined(separator: " and ") }

  private var yes: String {
    guard let plan = answer.plan else { return ": the free lists have \(needs) now" }
    let work = plan.blocks.count { $0.moves + $0.drops > 0 }
    guard plan.moves + plan.drops > 0 else { return ": \(needs) are free now" }
    return ", \(needs) by \(effort(plan)) out of \(Self.counted(work, "block")), "
      + "\(time(plan)) by \(answer.costs.name)"
  }

  private var no: String {
    guard let plan = answer.plan else { return "" }
    let missing = plan.missing.map { need in
      let asked = answer.needs.filter { $0.order == need.order }.reduce(0) { $0 + $1.count }
      return "\(Self.grouped(asked - need.count)) of \(Self.grouped(asked)) x \(need.order.bytes)"
    }
    let means =
      switch plan.means {
      case .now: "now"
      case .reclaim: "by reclaim"
      case .compaction: "by compaction"
      case .both: "by reclaim and compaction"
      }
    return ": at most \(missing.joined(separator: " and ")) \(means)"
  }

  private var unknown: String {
    guard let plan = answer.plan else {
      return ": the free lists alone do not show whether \(needs) can be had"
    }
    return ": \(needs) only if frames can be moved of which nothing is known, "
      + "by \(effort(plan)), \(time(plan)) by \(answer.costs.name)"
  }

  private func effort(_ plan: BlockPlan) -> String {
    var parts: [String] = []
    if plan.drops > 0 { parts.append("dropping \(Self.pages(plan.drops)) of file cache") }
    if plan.moves > 0 { parts.append("moving \(Self.pages(plan.moves))") }
    return parts.joined(separator: " and ")
  }

  private func time(_ plan: BlockPlan) -> String {
    "about \(Self.time(plan.nanoseconds(answer.costs)))"
  }

  private var source: String {
    var parts = [answer.origin]
    if let total = answer.availability.total {
      if let frames = total.frames {
        let count = Int(frames.values.reduce(0, +))
        parts.append("\(ByteCount(count << 12).rounded)")
      }
      parts.append("\(ByteCount(Int(total.freeFrames) << 12).rounded) free")
    }
    return parts.joined(separator: " · ")
  }

  // MARK: The table

  private var table: [String] {
    let rows = answer.orders.compactMap { answer.availability[$0] }
    guard !rows.isEmpty else { return [] }
    let titles = [
      "blocks of", "now", "held", "reclaimed", "compacted", "by Linux", "moves for that",
    ]
    let widths = [9, 11, 8, 12, 16, 16, 17]
    var lines = [
      styled(zip(titles, widths).map { $0.padded(to: $1, right: true) }.joined(), 2)
    ]
    for row in rows {
      let cells = [
        "\(row.order.bytes)", Self.number(row.now), Self.number(row.held),
        Self.number(row.afterReclaim), Self.bounds(row.afterCompaction),
        Self.bounds(row.attainable), moves(row),
      ]
      lines.append(zip(cells, widths).map { $0.padded(to: $1, right: true) }.joined())
    }
    return lines
  }

  /// Page moves for all that compaction can free.
  private func moves(_ row: OrderAvailability) -> String {
    guard let most = row.afterCompaction?.low else { return "-" }
    return Self.number(row.moves?.moves(most))
  }

  // MARK: The plan

  private var plan: [String] {
    guard let plan = answer.plan else { return [] }
    let work = plan.blocks.filter { $0.moves + $0.drops > 0 }
    guard !work.isEmpty else { return [] }
    let shown = 5
    var lines = [styled("Blocks to empty, the cheapest first:", 2)]
    for block in work.prefix(shown) {
      let zone = answer.availability.zones[block.zone]
      let size = Order(block.order).bytes
      var parts: [String] = []
      if block.moves > 0 { parts.append("move \(Self.counted(block.moves, "page"))") }
      if block.drops > 0 { parts.append("drop \(Self.counted(block.drops, "page"))") }
      let place = "0x" + String(block.firstFrame << 12, radix: 16)
      lines.append(
        "  \(size) at " + styled(place, 36) + " (\(Self.zone(zone))): "
          + parts.joined(separator: ", "))
    }
    if work.count > shown {
      lines.append(styled("  and \(Self.grouped(work.count - shown)) more; --json has all", 2))
    }
    return lines
  }

  // MARK: What is in the way

  private var blockers: [String] {
    guard let order = answer.needs.map(\.order).max(), let row = answer.availability[order],
      let total = row.blocks, !row.blockers.isEmpty
    else { return [] }
    let owned = row.blockers(byOwner: true)
    let kinds = row.blockers(byOwner: false)
    var lines = [
      styled("What stays, and so spoils blocks of \(order.bytes) (there are ", 2)
        + styled("\(Self.grouped(total))):", 2)
    ]
    for kind in kinds {
      lines.append(line(kind, Self.words(kind.kind)))
      let parts = owned.filter { $0.kind == kind.kind }
      // That the kernel has the kernel's frames is nothing new.
      for part in parts.prefix(3) where parts.count > 1 || part.owner != "kernel" {
        lines.append(line(part, "  " + (part.owner ?? "")))
      }
    }
    return lines
  }

  private func line(_ blocker: Blocker, _ name: String) -> String {
    "  " + name.padded(to: 26) + Self.grouped(blocker.frames).padded(to: 12, right: true)
      + styled(" frames in ", 2) + Self.grouped(blocker.blocks).padded(to: 8, right: true)
      + styled(" blocks, alone in ", 2) + Self.grouped(blocker.blocksAlone)
  }

  // MARK: Words

  private func styled(_ text: String, _ codes: Int...) -> String {
    guard terminal.hasColour, !text.isEmpty else { return text }
    return "\u{1b}[\(codes.map(String.init).joined(separator: ";"))m\(text)\u{1b}[0m"
  }

  static func words(_ state: FrameState) -> String {
    switch state {
    case .reserved: "reserved"
    case .unmovable: "kernel"
    case .slab: "slab"
    case .pageTable: "page tables"
    case .pinned: "pinned"
    case .unknown: "unknown"
    default: "\(state)"
    }
  }

  static func words(_ need: BlockNeed) -> String { "\(grouped(need.count)) x \(need.order.bytes)" }

  static func zone(_ zone: ZoneAvailability) -> String {
    zone.node.map { "node \($0), \(zone.name)" } ?? zone.name
  }

  static func number(_ value: UInt64?) -> String { value.map { grouped($0) } ?? "-" }

  static func bounds(_ bounds: BlockBounds?) -> String {
    guard let bounds else { return "-" }
    return bounds.isExact
      ? grouped(bounds.low) : "\(grouped(bounds.low))..\(grouped(bounds.high))"
  }

  /// `12,345 pages (48.2 MiB)`
  static func pages(_ count: Int) -> String {
    "\(counted(count, "page")) (\(ByteCount(count << 12).rounded))"
  }

  static func counted(_ count: Int, _ noun: String) -> String {
    "\(grouped(count)) \(noun)\(count == 1 ? "" : "s")"
  }

  /// `1.4 ms`, `12 s`
  static func time(_ nanoseconds: UInt64) -> String {
    let value = Double(nanoseconds)
    for (unit, scale) in [("s", 1e9), ("ms", 1e6), ("us", 1e3)] where value >= scale {
      let scaled = value / scale
      let tenths = Int((scaled * 10).rounded())
      return scaled < 9.95
        ? "\(tenths / 10).\(tenths % 10) \(unit)" : "\(Int(scaled.rounded())) \(unit)"
    }
    return "\(nanoseconds) ns"
  }

  static func grouped(_ value: some BinaryInteger) -> String {
    TraceReport.grouped(Int(clamping: value))
  }
}
