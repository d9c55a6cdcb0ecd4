extension Machine {
  /// Where relocatable programs go: two thirds of the user half (ELF_ET_DYN_BASE), rounded down.
  static var programBase: Int { ((1 << 47 - 4096) / 3 * 2) >> 12 }

  /// Fills an empty address space with a program.
  mutating func load(
    _ program: Loadable, _ others: [Loadable], _ stack: StackImage, _ task: TaskID
  ) throws(Errno) -> ProgramStart {
    let space = tasks[task].space
    try mapStack(stack, program.image, space)
    let bias = try placeImage(program.image, space, isMain: true)
    try mapImage(program, bias, task)
    // A program without interpreter lies among the mappings, where its heap would have no room.
    let isFloating = program.image.isRelocatable && program.image.interpreter == nil
    let heap = isFloating ? Self.programBase + 1 : program.image.pages.upperBound + bias
    spaces[space].heapStart = heap << 12
    spaces[space].heapEnd = heap << 12

    var interpreterBias: Int?
    for (index, other) in others.enumerated() {
      let bias = try placeImage(other.image, space, isMain: false)
      try mapImage(other, bias, task)
      if index == 0, program.image.interpreter != nil { interpreterBias = bias }
    }
    let base = UInt64(bitPattern: Int64(bias << 12))
    var start = ProgramStart(entry: program.image.entry &+ base, stackPointer: 0, base: base)
    if let interpreterBias, let interpreter = others.first {
      let base = UInt64(bitPattern: Int64(interpreterBias << 12))
      start.interpreterBase = base
      start.entry = interpreter.image.entry &+ base
    }
    start.stackPointer = try writeStack(stack, program.image, start, task)
    return start
  }

  /// Pages to add to an image's own page numbers.
  private func placeImage(
    _ image: ElfImage, _ space: SpaceID, isMain: Bool
  ) throws(Errno) -> Int {
    let pages = image.pages
    guard image.isRelocatable else { return 0 }
    let alignment = Int(image.alignment >> 12)
    if isMain, image.interpreter != nil {
      return Self.programBase & ~(alignment - 1) - pages.lowerBound
    }
    let request = AreaMap.GapRequest(
      count: pages.count, low: Self.lowestPage, high: spaces[space].mmapBase, alignment: alignment)
    guard let start = spaces[space].areas.highestGap(request) else { throw .noMemory }
    return start - pages.lowerBound
  }

  /// Maps the segments of an image.
  private mutating func mapImage(
    _ loadable: Loadable, _ bias: Int, _ task: TaskID
  ) throws(Errno) {
    let space = tasks[task].space
    for segment in loadable.image.segments {
      let first = segment.pages.lowerBound + bias
      let fileEnd =
        segment.fileBytes == 0
        ? first : Int((segment.address + segment.fileBytes + 4095) >> 12) + bias
      let end = segment.pages.upperBound + bias
      if fileEnd > first {
        var flags = AreaFlags(segment.rights).union(.mayMask)
        if segment.rights.contains(.write) { flags.insert(.account) }
        try mapPart(
          space,
          Area(
            start: first, end: fileEnd, offset: Int(segment.offset >> 12), flags: flags,
            file: loadable.file))
      }
      if segment.memoryBytes > segment.fileBytes, segment.fileBytes > 0,
        segment.rights.contains(.write)
      {
        let from = segment.address &+ segment.fileBytes &+ UInt64(bitPattern: Int64(bias << 12))
        try clearToPageEnd(task, from)
      }
      if end > fileEnd {
        var flags = AreaFlags([.read, .write, .account]).union(.mayMask)
        if segment.rights.contains(.execute) { flags.insert(.execute) }
        try mapPart(space, Area(start: fileEnd, end: end, offset: fileEnd, flags: flags))
      }
    }
  }

  /// Puts an area in the place of whatever is there: segments may share a page.
  private mutating func mapPart(_ space: SpaceID, _ area: Area) throws(Errno) {
    guard area.start >= Self.lowestPage, area.end <= AddressSpace.userPages else {
      throw .noMemory
    }
    try checkCommit(area)
    try unmapPages(space, area.range)
    insertArea(area, space)
    mergeAreas(space, at: area.start)
    mergeAreas(space, at: area.end)
  }

  /// What of the last page has no bytes in the file belongs to .bss.
  private mutating func clearToPageEnd(_ task: TaskID, _ from: UInt64) throws(Errno) {
    let inPage = Int(from & 4095)
    guard inPage > 0 else { return }
    do {
      try copyToUser(task, from, [UInt8](repeating: 0, count: 4096 - inPage))
    } catch {
      throw .noMemory
    }
  }

  /// The stack's area: what is written at the start, and 128 KiB below to grow into without a fault
  /// outside.
  private mutating func mapStack(
    _ stack: StackImage, _ program: ElfImage, _ space: SpaceID
  ) throws(Errno) {
    let used = (stack.strings.count + 4095) >> 12
    let count = min(used + 32, spaces[space].stackLimit)
    var flags: AreaFlags = [.read, .write, .account, .growsDown]
    flags.formUnion(.mayMask)
    if program.stackIsExecutable { flags.insert(.execute) }
    let start = AddressSpace.userPages - count
    let area = Area(start: start, end: AddressSpace.userPages, offset: start, flags: flags)
    try mapPart(space, area)
  }
}
