/// The sizes of everything between a virtual address and a byte on an x86-64 core, as plain data.
///
/// Pages have 4 KiB (address bits 0...11) and every level of the tables takes nine bits. The textbook
/// machine, whose pages have 64 bytes, is described by `SmallGeometry`.
public struct TranslationGeometry: Hashable, Sendable {
  /// As in `--machine`.
  public var name: String
  /// 4: 48-bit addresses; 5: 57-bit addresses.
  public var levels: Int
  /// Bits of a physical address, at most 52.
  public var physicalBits: Int
  /// Whether PS in a page-directory-pointer entry maps 1 GiB; else the bit is reserved.
  public var hasGiganticPages: Bool
  /// First-level TLB of data: structures that are searched together.
  public var l1Data: [TLBGeometry]
  /// First-level TLB of instructions.
  public var l1Instruction: [TLBGeometry]
  /// Second-level TLB of data, or of both where `l2Instruction` is empty. May be empty.
  public var l2Data: [TLBGeometry]
  /// Second-level TLB of instructions alone.
  public var l2Instruction: [TLBGeometry]
  public var walkCaches: WalkCacheGeometry
  public var caches: CacheHierarchyGeometry

  public init(
    name: String, levels: Int = 4, physicalBits: Int = 52, hasGiganticPages: Bool = true,
    l1Data: [TLBGeometry], l1Instruction: [TLBGeometry], l2Data: [TLBGeometry],
    l2Instruction: [TLBGeometry] = [], walkCaches: WalkCacheGeometry,
    caches: CacheHierarchyGeometry
  ) {
    self.name = name
    self.levels = levels
    self.physicalBits = physicalBits
    self.hasGiganticPages = hasGiganticPages
    self.l1Data = l1Data
    self.l1Instruction = l1Instruction
    self.l2Data = l2Data
    self.l2Instruction = l2Instruction
    self.walkCaches = walkCaches
    self.caches = caches
  }

  /// Bits of a virtual address that are translated; those above repeat the highest of them.
  public var virtualBits: Int { 12 + 9 * levels }
}
