import MemoryUnits
import Translation

/// What an x86-64 machine does with an address: parts, walk, TLBs and caches, as JSON and as text.
struct WalkAnswer: Encodable {
  /// One entry on the way, as it is after the access.
  struct Entry: Encodable {
    /// `PML4`, `PDPT`, `PD`, `PT`.
    var table: String
    var table_frame: UInt32
    var index: Int
    /// Where the entry lies in physical memory.
    var entry_pa: UInt64
    var word: UInt64
    var base: UInt64
    /// 512 GiB, 1 GiB, 2 MiB or 4 KiB.
    var covers_bytes: Int
    /// Names of the bits that are set.
    var bits: [String]
    var is_leaf: Bool
  }

  /// The set of a structure that the address falls into.
  struct Place: Encodable {
    var name: String
    var sets: Int
    var ways: Int
    var index: UInt64
    var tag: UInt64
    /// Caches only: the offset in the line.
    var offset: UInt64?
  }

  var machine: String
  var va: UInt64
  var page_bytes: Int
  var access: String
  var vpn: UInt64
  var vpo: UInt64
  /// The parts of the page number, the uppermost first.
  var vpn_parts: [Int]
  var walk: [Entry]
  var tlb_hit: Bool
  var page_fault: Bool
  var ppn: UInt64
  var pa: UInt64
  var tlbs: [Place]
  var caches: [Place]
  /// Entries read by the walk of the first access, and whether a second one hits the first-level TLB.
  var walk_reads: Int
  var second_access_hits: Bool

  private let geometry: TranslationGeometry
  private let size: PageSize

  private enum CodingKeys: String, CodingKey {
    case machine, va, page_bytes, access, vpn, vpo, vpn_parts, walk, tlb_hit, page_fault, ppn, pa
    case tlbs, caches, walk_reads, second_access_hits
  }

  init(_ geometry: TranslationGeometry, _ va: UInt64, _ size: PageSize, _ access: Access) {
    self.geometry = geometry
    self.size = size
    self.va = va
    machine = geometry.name
    page_bytes = size.bytes.rawValue
    self.access = access.isWrite ? "write" : access.isExecute ? "execute" : "read"
    let translated = va & (1 << UInt64(geometry.virtualBits) - 1)
    let shift = UInt64(12 + Int(size.rawValue))
    vpn = translated >> shift
    vpo = translated & (1 << shift - 1)

    var tables = Demonstration(geometry, va, size)
    let mmu = MMU(geometry)
    mmu.load(root: FrameNumber(1))
    let result = mmu.translate(va, access, &tables.contents)
    let first = mmu.counters
    _ = mmu.translate(va, access, &tables.contents)
    let second = mmu.counters
    page_fault = result.isFault
    pa = result.isFault ? 0 : result.address
    ppn = pa >> shift
    let counts = access.isExecute ? first.l1Instruction : first.l1Data
    let later = access.isExecute ? second.l1Instruction : second.l1Data
    tlb_hit = counts.hits > 0
    second_access_hits = later.hits > counts.hits
    walk_reads = first.walkReads
    vpn_parts = tables.path.map(\.slot)
    let last = tables.path.count - 1
    walk = []
    for (place, step) in tables.path.enumerated() {
      walk.append(
        Entry(tables.contents.entry(step.table, step.slot), step, isLeaf: place == last))
    }
    tlbs = Self.tlbs(geometry, va, size, access)
    caches = Self.caches(geometry, pa, access)
  }

  private static func tlbs(
    _ geometry: TranslationGeometry, _ va: UInt64, _ size: PageSize, _ access: Access
  ) -> [Place] {
    let instruction = access.isExecute
    let second =
      instruction && !geometry.l2Instruction.isEmpty ? geometry.l2Instruction : geometry.l2Data
    let levels = [
      (
        instruction ? "L1 instruction" : "L1 data",
        instruction ? geometry.l1Instruction : geometry.l1Data
      ),
      ("L2", second),
    ]
    let translated = va & (1 << UInt64(geometry.virtualBits) - 1)
    return levels.compactMap { name, structures in
      // A page that is too large for a level is held there in parts.
      let held = structures.flatMap { structure in structure.pageSizes.map { ($0, structure) } }
        .filter { $0.0.rawValue <= size.rawValue }.max { $0.0.rawValue < $1.0.rawValue }
      guard let (part, structure) = held else { return nil }
      let number = translated >> UInt64(12 + Int(part.rawValue))
      return Place(
        name: "\(name), \(part.bytes)", sets: structure.sets, ways: structure.ways,
        index: number & UInt64(structure.sets - 1),
        tag: number >> UInt64(structure.sets.trailingZeroBitCount), offset: nil)
    }
  }

  private static func caches(
    _ geometry: TranslationGeometry, _ pa: UInt64, _ access: Access
  ) -> [Place] {
    let first = access.isExecute ? geometry.caches.l1Instruction : geometry.caches.l1Data
    let levels = [
      (access.isExecute ? "L1 instruction" : "L1 data", first), ("L2", geometry.caches.l2),
      ("L3", geometry.caches.l3),
    ]
    return levels.compactMap { name, cache in
      guard let cache else { return nil }
      let line = pa >> UInt64(cache.offsetBits)
      return Place(
        name: "\(name), \(cache.bytes)", sets: cache.sets, ways: cache.ways,
        index: line & UInt64(cache.sets - 1), tag: line >> UInt64(cache.indexBits),
        offset: pa & UInt64(cache.lineBytes - 1))
    }
  }
}

extension WalkAnswer.Entry {
  init(
    _ entry: PageTableEntry, _ step: (level: Int, table: FrameNumber, slot: Int), isLeaf: Bool
  ) {
    table = ["PT", "PD", "PDPT", "PML4", "PML5"][step.level - 1]
    table_frame = step.table.rawValue
    index = step.slot
    entry_pa = UInt64(step.table.rawValue) << 12 + UInt64(step.slot) * 8
    word = entry.rawValue
    base = UInt64((isLeaf && step.level > 1 ? entry.largeFrame : entry.frame).rawValue)
    covers_bytes = 4096 << (9 * (step.level - 1))
    is_leaf = isLeaf
    bits = Self.names(step.level, isLeaf: isLeaf).filter { entry.has($0.bit) }.map(\.name)
  }

  /// The bits that mean something in an entry of this level, the highest first.
  static func names(_ level: Int, isLeaf: Bool) -> [(name: String, bit: EntryBits)] {
    var names: [(name: String, bit: EntryBits)] = [("XD", .executeDisable)]
    if isLeaf && level > 1 { names.append(("PAT", .largePAT)) }
    if isLeaf { names.append(("G", .global)) }
    names.append(level == 1 ? ("PAT", .pat) : ("PS", .pageSize))
    if isLeaf { names.append(("D", .dirty)) }
    return names + [
      ("A", .accessed), ("PCD", .cacheDisable), ("PWT", .writeThrough), ("U/S", .user),
      ("R/W", .writable), ("P", .present),
    ]
  }
}
