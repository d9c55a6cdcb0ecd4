import MemoryUnits
import Translation

/// Two levels of TLB over 4 KiB pages and the tables behind them, as obvious as can be: lists, most
/// recently used first. Counts are what `ReferenceTranslation` reports.
struct PlainTLB {
  struct Entry {
    var page: UInt64
    var isDirty: Bool
  }

  struct Level {
    var sets: [[Entry]]
    var ways: Int
    var hits = 0
    var misses = 0

    /// The first structure that holds 4 KiB pages; none where there is no such level.
    init(_ structures: [TLBGeometry]) {
      let structure = structures.first { $0.pageSizes.contains(.base4KiB) }
      sets = Array(repeating: [], count: structure?.sets ?? 1)
      ways = structure?.ways ?? 0
    }

    /// Whether the page is there, and for a write known to be dirty.
    mutating func find(_ page: UInt64, write: Bool) -> Entry? {
      let set = Int(page % UInt64(sets.count))
      if let index = sets[set].firstIndex(where: { $0.page == page }),
        !write || sets[set][index].isDirty
      {
        let entry = sets[set].remove(at: index)
        sets[set].insert(entry, at: 0)
        hits += 1
        return entry
      }
      misses += 1
      return nil
    }

    mutating func enter(_ entry: Entry) {
      if ways == 0 { return }
      let set = Int(entry.page % UInt64(sets.count))
      sets[set].removeAll { $0.page == entry.page }
      sets[set].insert(entry, at: 0)
      if sets[set].count > ways { sets[set].removeLast() }
    }
  }

  var data: Level
  var instruction: Level
  var second: Level
  var secondInstruction: Level
  let isSecondShared: Bool
  /// Pages that are mapped, with D.
  var mapped: [UInt64: Bool] = [:]
  var walks = 0
  var faults = 0

  init(_ geometry: TranslationGeometry) {
    data = Level(geometry.l1Data)
    instruction = Level(geometry.l1Instruction)
    second = Level(geometry.l2Data)
    secondInstruction = Level(geometry.l2Instruction)
    isSecondShared = geometry.l2Instruction.isEmpty
  }

  mutating func access(_ page: UInt64, write: Bool, instruction isInstruction: Bool) {
    if translate(page, write, isInstruction) { return }
    faults += 1
    mapped[page] = false
    _ = translate(page, write, isInstruction)
  }

  private mutating func translate(_ page: UInt64, _ write: Bool, _ isInstruction: Bool) -> Bool {
    let first = isInstruction ? \PlainTLB.instruction : \PlainTLB.data
    let next =
      isInstruction && !isSecondShared ? \PlainTLB.secondInstruction : \PlainTLB.second
    if self[keyPath: first].find(page, write: write) != nil { return true }
    if let entry = self[keyPath: next].find(page, write: write) {
      self[keyPath: first].enter(entry)
      return true
    }
    walks += 1
    guard let isDirty = mapped[page] else { return false }
    let entry = Entry(page: page, isDirty: isDirty || write)
    mapped[page] = entry.isDirty
    self[keyPath: next].enter(entry)
    self[keyPath: first].enter(entry)
    return true
  }
}
