internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// First virtual page of the kernel's map of all physical memory, as far as the tables translate it:
  /// 0xffff888000000000, with five levels 0xff11000000000000.
  var directMapPage: Int {
    configuration.geometry.levels == 5
      ? 0xff11_0000_0000_0 & (1 << 45 - 1) : 0xffff_8880_0000_0 & (1 << 36 - 1)
  }

  /// Maps all physical memory into the kernel half by leaves of 1 GiB and 2 MiB: supervisor, global,
  /// no execution.
  mutating func mapKernelHalf() {
    let leaf: EntryBits = [
      .present, .writable, .accessed, .dirty, .pageSize, .global, .executeDisable,
    ]
    var frame = 0
    while frame < configuration.frameCount {
      let page = directMapPage + frame
      var pointers = kernelRoot
      for level in stride(from: rootLevel, through: 3, by: -1) {
        pointers = kernelTable(below: pointers, Self.slot(page, level))
      }
      if configuration.geometry.hasGiganticPages, frame & (1 << 18 - 1) == 0,
        configuration.frameCount - frame >= 1 << 18
      {
        contents.setEntry(
          PageTableEntry(FrameNumber(frame), leaf), pointers, Self.slot(page, 2))
        frame += 1 << 18
      } else {
        let directory = kernelTable(below: pointers, Self.slot(page, 2))
        contents.setEntry(
          PageTableEntry(FrameNumber(frame), leaf), directory, Self.slot(page, 1))
        frame += 512
      }
    }
  }

  private mutating func kernelTable(below table: FrameNumber, _ slot: Int) -> FrameNumber {
    let entry = contents.entry(table, slot)
    if entry.isPresent { return entry.frame }
    let owner = FrameOwner(state: .pageTable, object: SpaceID.kernel.rawValue)
    guard let frame = memory.allocate(.base, .unmovable, owner: owner) else {
      fatalError("a machine of \(configuration.frameCount) frames is too small for its kernel")
    }
    contents.prepareTable(frame)
    contents.setEntry(
      PageTableEntry(frame, [.present, .writable, .accessed]), table, slot)
    return frame
  }

  /// A root table whose upper half is the kernel's; nil when there is no frame.
  mutating func makeRoot(_ space: SpaceID, _ group: UInt16) -> FrameNumber? {
    let owner = FrameOwner(state: .pageTable, group: group, object: space.rawValue)
    guard let root = allocateFrame(owner, .unmovable) else { return nil }
    contents.prepareTable(root)
    for slot in 256..<512 {
      contents.setEntry(contents.entry(kernelRoot, slot), root, slot)
    }
    return root
  }
}
