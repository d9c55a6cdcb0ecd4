internal import MemoryUnits
internal import Translation

extension PageTableEntry {
  /// The bits that are set, by their names in the processor's manual: `P R/W U/S A D XD`.
  /// - Parameter isLarge: a leaf above 4 KiB, whose bit 7 is PS.
  func bitNames(isLeaf: Bool, isLarge: Bool = false) -> [String] {
    var names: [String] = []
    func add(_ bit: EntryBits, _ name: String) { if has(bit) { names.append(name) } }
    add(.present, "P")
    add(.writable, "R/W")
    add(.user, "U/S")
    add(.writeThrough, "PWT")
    add(.cacheDisable, "PCD")
    add(.accessed, "A")
    if isLeaf { add(.dirty, "D") }
    add(.pageSize, isLeaf && !isLarge ? "PAT" : "PS")
    if isLeaf, isPresent { add(.global, "G") }
    add(.executeDisable, "XD")
    return names
  }

  /// A leaf word in words: where the page is and what may be done to it.
  func leafWords(zeroFrame: FrameNumber?, isLarge: Bool = false) -> StyledLine {
    if isNone { return StyledLine("nothing", .quiet) }
    if let swap = SwapEntry(self) { return StyledLine("in swap, slot \(swap.slot)", .mark) }
    let bits = bitNames(isLeaf: true, isLarge: isLarge).joined(separator: " ")
    let kept = isPresent ? "" : "  kept from the hardware (PROT_NONE)"
    let zero = has(.special) ? ", the zero page" : ""
    let size = isLarge ? "2 MiB from " : ""
    return StyledLine("\(size)frame \(frame.rawValue)\(zero)") + "  " + StyledLine(bits, .mark)
      + StyledLine(kept, .quiet)
  }
}
