import MemoryUnits
import Translation

extension WalkAnswer {
  var text: String {
    let digits = 16
    let title =
      "\(String.hex(va, digits: digits)) on \(machine): \(virtualBits)-bit virtual addresses, "
      + "\(walk.count) levels of tables for a page of \(ByteCount(page_bytes)), \(access)"
    let sections = [
      [title, BenchFigure.wrapped(Demonstration.note)],
      ["Virtual address"] + virtualRows.map { "  " + $0 },
      ["Walk, from cr3 = frame 0x1"] + walk.flatMap(lines),
      ["Physical address"] + physicalLines.map { "  " + $0 },
      ["TLBs"] + tlbs.map { "  " + line($0, "TLBI", "TLBT") } + ["  " + hits],
      ["Caches"] + caches.map { "  " + line($0, "CI", "CT") } + cacheNote,
    ]
    return sections.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private var virtualBits: Int { 12 + 9 * levels }
  private var levels: Int { walk[0].table == "PML5" ? 5 : 4 }

  /// The parts of the address in binary, with bit numbers above and names and values below.
  private var virtualRows: [String] {
    var columns: [(name: String, high: Int, low: Int)] = []
    if virtualBits < 64 { columns.append(("sign", 63, virtualBits)) }
    var high = virtualBits - 1
    for place in walk.indices {
      columns.append(("VPN\(place + 1)", high, high - 8))
      high -= 9
    }
    columns.append(("VPO", high, 0))
    let cells = columns.map { column -> [String] in
      let count = column.high - column.low + 1
      let value = va >> UInt64(column.low) & (count == 64 ? .max : 1 << UInt64(count) - 1)
      let binary =
        column.name == "sign"
        ? String(repeating: String(value & 1), count: 4) + ".."
        : String(value, radix: 2).padded(zeros: count)
      return ["\(column.high)-\(column.low)", binary, column.name, String.hex(value)]
    }
    return (0..<4).map { row in
      cells.map { cell in
        let width = cell.map(\.count).max() ?? 0
        return cell[row].padded(to: width)
      }.joined(separator: "  ").trimmedRight
    }
  }

  private func lines(_ entry: Entry) -> [String] {
    let level: [String: Int] = ["PT": 1, "PD": 2, "PDPT": 3, "PML4": 4, "PML5": 5]
    let names = Entry.names(level[entry.table] ?? 1, isLeaf: entry.is_leaf)
    let bits = names.map { "\($0.name) \(entry.bits.contains($0.name) ? 1 : 0)" }
    let what = entry.is_leaf ? "page" : "table"
    return [
      "  \(entry.table.padded(to: 5))[\(entry.index)] at \(String.hex(entry.entry_pa)): "
        + "\(String.hex(entry.word, digits: 16)), covers \(ByteCount(entry.covers_bytes))",
      "        base: \(what) in frame \(String.hex(entry.base))",
      "        " + bits.joined(separator: "  "),
    ]
  }

  private var physicalLines: [String] {
    [
      "PPN \(String.hex(ppn)), PPO \(String.hex(vpo))",
      "PA  \(String.hex(pa))",
    ]
  }

  private func line(_ place: Place, _ index: String, _ tag: String) -> String {
    let shape =
      place.sets == 1 ? "\(place.ways) entries, one set" : "\(place.sets) sets x \(place.ways) ways"
    let offset = place.offset.map { "  CO \(String.hex($0))" } ?? ""
    return "\(place.name.padded(to: 24)) \(shape.padded(to: 22)) "
      + "\(index) \(String.hex(place.index))  \(tag) \(String.hex(place.tag))\(offset)"
  }

  private var hits: String {
    let first = tlb_hit ? "hit" : "miss in every TLB, \(walk_reads) entries read"
    return "first access: \(first); second access: "
      + (second_access_hits ? "hit in the first level" : "no hit in the first level")
  }

  private var cacheNote: [String] {
    guard let first = caches.first, let offset = first.offset else { return [] }
    let virtual = (va & 0xfff) >> 6 & UInt64(first.sets - 1) == first.index
    _ = offset
    return virtual
      ? [
        "  the first level's CI and CO lie within the page offset: looked up by the virtual address"
      ]
      : []
  }
}

extension String {
  fileprivate func padded(zeros width: Int) -> String {
    String(repeating: "0", count: Swift.max(0, width - count)) + self
  }
}
