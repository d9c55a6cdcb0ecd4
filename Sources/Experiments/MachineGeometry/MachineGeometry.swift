internal import Foundation
internal import MemoryUnits
public import Translation
internal import Yams

/// A geometry of address translation, read from a YAML file.
///
/// With 4 KiB pages and four or five levels of nine bits (`levels: 4`) it is an x86-64 machine; with
/// `page_bits` and `level_bits` a small one.
public enum MachineGeometry: Hashable, Sendable {
  case small(SmallGeometry)
  case large(TranslationGeometry)

  /// - Throws: `ExperimentError` naming file, line and key.
  public init(contentsOf path: String) throws {
    let text: String
    do {
      text = try String(contentsOfFile: path, encoding: .utf8)
    } catch {
      throw ExperimentError(
        path: path, message: "cannot be read; expected a machine's geometry in YAML")
    }
    try self.init(yaml: text, path: path)
  }

  /// `path` names the text in errors.
  public init(yaml text: String, path: String) throws {
    let root = try GeometryNode(yaml: text, path: path)
    let name =
      try root.text("name")
      ?? URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    if root.has("level_bits") || root.has("page_bits") {
      self = .small(try Self.small(root, name))
    } else {
      self = .large(try Self.large(root, name))
    }
  }

  private static func small(_ root: GeometryNode, _ name: String) throws -> SmallGeometry {
    try root.refuseUnknown([
      "name", "virtual_bits", "physical_bits", "page_bits", "level_bits", "tlb", "cache",
    ])
    let virtual = try root.integer("virtual_bits", 2...48)
    let physical = try root.integer("physical_bits", 1...40)
    let offset = try root.integer("page_bits", 1...30)
    guard physical > offset, virtual > offset else {
      throw root.mistake("page_bits", "\(offset): expected fewer bits than an address has")
    }
    let levels = try root.integers("level_bits", 1...9)
    guard levels.reduce(0, +) == virtual - offset else {
      throw root.mistake(
        "level_bits",
        "sum \(levels.reduce(0, +)): expected virtual_bits - page_bits = \(virtual - offset)")
    }
    let tlb = try root.required("tlb")
    try tlb.refuseUnknown(["sets", "ways"])
    return SmallGeometry(
      name: name, virtualBits: virtual, physicalBits: physical, offsetBits: offset,
      levelBits: levels, tlbSets: try tlb.power("sets", 1...32768),
      tlbWays: try tlb.integer("ways", 1...512), cache: try root.child("cache").map(cache))
  }

  private static func large(
    _ root: GeometryNode, _ name: String
  ) throws -> TranslationGeometry {
    try root.refuseUnknown([
      "name", "levels", "physical_bits", "gigantic_pages", "l1_data_tlb", "l1_instruction_tlb",
      "l2_tlb", "l2_instruction_tlb", "walk_caches", "caches",
    ])
    let caches = try root.child("caches")
    try caches?.refuseUnknown(["l1_data", "l1_instruction", "l2", "l3"])
    let walk = try root.child("walk_caches")
    try walk?.refuseUnknown(["directory", "directory_pointer", "level4", "level5"])
    func walkEntries(_ key: String) throws -> Int {
      try walk?.optionalInteger(key, 0...4096) ?? 0
    }
    return TranslationGeometry(
      name: name, levels: try root.optionalInteger("levels", 4...5) ?? 4,
      physicalBits: try root.optionalInteger("physical_bits", 32...52) ?? 52,
      hasGiganticPages: try root.flag("gigantic_pages") ?? true,
      l1Data: try tlbs(root, "l1_data_tlb", isRequired: true),
      l1Instruction: try tlbs(root, "l1_instruction_tlb", isRequired: true),
      l2Data: try tlbs(root, "l2_tlb", isRequired: false),
      l2Instruction: try tlbs(root, "l2_instruction_tlb", isRequired: false),
      walkCaches: WalkCacheGeometry(
        directory: try walkEntries("directory"),
        directoryPointer: try walkEntries("directory_pointer"),
        level4: try walkEntries("level4"), level5: try walkEntries("level5")),
      caches: CacheHierarchyGeometry(
        l1Data: try caches?.child("l1_data").map(cache),
        l1Instruction: try caches?.child("l1_instruction").map(cache),
        l2: try caches?.child("l2").map(cache), l3: try caches?.child("l3").map(cache)))
  }

  private static func cache(_ node: GeometryNode) throws -> CacheGeometry {
    try node.refuseUnknown(["sets", "ways", "line_bytes"])
    return CacheGeometry(
      sets: try node.power("sets", 1...(1 << 20)), ways: try node.integer("ways", 1...512),
      lineBytes: try node.power("line_bytes", 1...4096))
  }

  /// One structure, or a list of structures for different page sizes.
  private static func tlbs(
    _ root: GeometryNode, _ key: String, isRequired: Bool
  ) throws -> [TLBGeometry] {
    guard let node = isRequired ? try root.required(key) : try root.child(key) else { return [] }
    var taken: Set<PageSize> = []
    return try node.items.map { node in
      try node.refuseUnknown(["sets", "ways", "pages"])
      let pages = try node.pageSizes("pages")
      if let twice = pages.first(where: { !taken.insert($0).inserted }) {
        throw node.mistake("pages", "\(twice.bytes): expected each page size once in a TLB")
      }
      return TLBGeometry(
        sets: try node.power("sets", 1...4096), ways: try node.integer("ways", 1...512),
        pageSizes: pages)
    }
  }
}
