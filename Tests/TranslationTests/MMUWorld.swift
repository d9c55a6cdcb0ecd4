import MemoryUnits
import Translation

/// An MMU and its model over the same tables, changed by the same random steps.
///
/// Frames 0..<4 are roots of four address spaces; the upper half of each is the shared kernel, whose
/// leaves are global. Tables are wired so that a few addresses collide everywhere.
struct MMUWorld: ~Copyable {
  let geometry: TranslationGeometry
  let mmu: MMU
  var model: ModelMMU
  var contents: FrameContents
  var random: SplitMix64
  var lastDifference: String?
  var nextTable: UInt32 = 5
  let levels: Int

  static let accesses: [Access] = [
    .read, .write, .execute, .supervisorRead, .supervisorWrite, .supervisorExecute, .read, .write,
  ]

  init(_ geometry: TranslationGeometry, seed: UInt64) {
    self.geometry = geometry
    levels = geometry.levels
    mmu = MMU(geometry)
    model = ModelMMU(geometry)
    contents = FrameContents(frameCount: 8192, keepsData: false)
    random = SplitMix64(seed: seed)
    // The kernel half: slot 511 of every root leads to table 4.
    for root in 0..<4 { set(UInt32(root), 511, 0x4003) }
    for _ in 0..<120 { mapSomething() }
  }

  mutating func pick(_ count: Int) -> Int { Int(random.next(upperBound: UInt64(count))) }

  mutating func set(_ table: UInt32, _ slot: Int, _ word: UInt64) {
    model.tables[table, default: [:]][slot] = word
    contents.setEntry(PageTableEntry(rawValue: word), FrameNumber(rawValue: table), slot)
  }

  func word(_ table: UInt32, _ slot: Int) -> UInt64 {
    contents.entry(FrameNumber(rawValue: table), slot).rawValue
  }

  /// One of about 600 pages; some of them not canonical.
  mutating func somePage() -> UInt64 {
    var page = UInt64(pick(3)) << UInt64(9 * (levels - 1))
    for level in 1..<levels - 1 { page |= UInt64(pick(2)) << UInt64(9 * level) }
    page |= UInt64(pick(pick(4) == 0 ? 200 : 12))
    if pick(4) == 0 {
      // Slot 511 of the root, and sign-extended as canonical addresses are.
      page |= 511 << UInt64(9 * (levels - 1))
      page |= ~0 << UInt64(9 * levels)
      page &= 1 << 52 - 1
    }
    if pick(64) == 0 { page ^= 1 << 51 }
    return page
  }

  mutating func access() {
    let address = somePage() << 12 | UInt64(pick(4096))
    let access = Self.accesses[pick(Self.accesses.count)]
    let result = mmu.translate(address, access, &contents)
    let expected = model.translate(address, access)
    if result != expected {
      lastDifference = """
        \(access) of \(String(address, radix: 16)): \(String(result.rawValue, radix: 16)), expected \
        \(String(expected.rawValue, radix: 16))
        """
    }
  }

  mutating func step() {
    switch pick(40) {
    case 0: mapSomething()
    case 1: unmapSomething()
    case 2: changeRights()
    case 3: switchSpace()
    case 4: invalidateSomething()
    default: access()
    }
  }

  private mutating func switchSpace() {
    let space = UInt16(pick(4))
    let flush = pick(3) == 0
    // Address space n has root n and always the same ASID, as a system must see to.
    mmu.load(root: FrameNumber(Int(space)), asid: space * 1365, flush: flush)
    model.root = UInt32(space)
    model.asid = space * 1365
    if flush {
      let asid = model.asid
      model.invalidate { !$0.isGlobal && $0.asid == asid }
      model.dropWalks(asid: asid)
    }
  }

  private mutating func invalidateSomething() {
    let page = somePage()
    let asid = UInt16(pick(4)) * 1365
    let current = model.asid
    switch pick(6) {
    case 0:
      mmu.invalidate(page << 12 | 77)
      model.invalidate { $0.wholeCovers(page, asid: current) }
      model.dropWalks(asid: current)
    case 1:
      mmu.invalidate(page << 12, asid: asid)
      model.invalidate { !$0.isGlobal && $0.wholeCovers(page, asid: asid) }
      model.dropWalks(asid: asid)
    case 2:
      let count = UInt64(pick(2) == 0 ? 1 + pick(8) : 600)
      mmu.invalidate(from: page << 12, to: (page + count) << 12, asid: asid)
      for page in page..<page + count {
        model.invalidate { $0.wholeCovers(page, asid: asid) }
      }
      model.dropWalks(asid: asid)
    case 3:
      mmu.invalidate(asid: asid)
      model.invalidate { !$0.isGlobal && $0.asid == asid }
      model.dropWalks(asid: asid)
    case 4:
      mmu.invalidateAllButGlobal()
      model.invalidate { !$0.isGlobal }
      model.dropWalks(asid: nil)
    default:
      mmu.invalidateAll()
      model.invalidate { _ in true }
      model.dropWalks(asid: nil)
    }
  }
}
