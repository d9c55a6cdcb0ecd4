internal import MemoryUnits
internal import Translation
internal import VirtualMemory

/// One word of a page table on the way to a page.
struct TableStep {
  /// 3 for the root table, 0 for a leaf table.
  var level: Int
  var table: FrameNumber
  var slot: Int
  var entry: PageTableEntry

  /// Whether the word is one of a page, of whatever size.
  var isLeaf: Bool { level == 0 || !entry.isNone && entry.has(.pageSize) }

  /// Pages that a leaf maps.
  var pages: Int { 1 << (9 * level) }

  /// Linux's name of the word's table.
  static func name(_ level: Int) -> String { ["PTE", "PMD", "PUD", "PGD", "PG5"][level] }
}

extension Session {
  /// The words from the root table on that lead to `place`, up to the first that is not present or a
  /// leaf.
  func walk(_ task: TaskID, _ place: UInt64) -> [TableStep] {
    guard let space = machine.addressSpace(of: task) else { return [] }
    var steps: [TableStep] = []
    var table = space.root
    for level in stride(from: Self.rootLevel, through: 0, by: -1) {
      let slot = Int(place >> UInt64(12 + 9 * level)) & 511
      let entry = machine.contents.entry(table, slot)
      steps.append(TableStep(level: level, table: table, slot: slot, entry: entry))
      guard entry.isPresent, level > 0, !entry.has(.pageSize) else { break }
      table = entry.frame
    }
    return steps
  }

  static var rootLevel: Int { 3 }

  /// The leaf entry of an address: nil where there is no leaf table. Of a leaf of 2 MiB it is the one
  /// that would map the page alone.
  func leafEntry(_ task: TaskID, _ place: UInt64) -> PageTableEntry? {
    guard place < UInt64(AddressSpace.userPages) << 12, let last = walk(task, place).last else {
      return nil
    }
    if last.level == 0 { return last.entry }
    guard last.isLeaf else { return nil }
    var part = last.entry
    part.clear(.pageSize)
    part.frame = part.frame.advanced(by: Int(place >> 12) & (1 << (9 * last.level) - 1))
    return part
  }

  /// Visits every word of a task's user half that is not zero, tables before what they lead to, in
  /// ascending order; `page` is the first that a word is about.
  func forEachEntry(
    _ task: TaskID, _ body: (_ step: TableStep, _ page: Int) -> Void
  ) {
    guard let space = machine.addressSpace(of: task) else { return }
    visit(space.root, Self.rootLevel, 0, body)
  }

  private func visit(
    _ table: FrameNumber, _ level: Int, _ first: Int, _ body: (TableStep, Int) -> Void
  ) {
    for slot in 0..<(level == Self.rootLevel ? 256 : 512) {
      let entry = machine.contents.entry(table, slot)
      guard !entry.isNone else { continue }
      let page = first + slot << (9 * level)
      body(TableStep(level: level, table: table, slot: slot, entry: entry), page)
      if level > 0, entry.isPresent, !entry.has(.pageSize) {
        visit(entry.frame, level - 1, page, body)
      }
    }
  }
}
