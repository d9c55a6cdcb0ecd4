/// mmap, munmap and mprotect.
extension PlainProcess {
  static func pages(_ bytes: UInt64) -> UInt64 { (bytes &+ 4095) / 4096 }

  func mmap(_ operation: Operation) -> Answer {
    let flags = operation.flags
    let anonymous = flags & Linux.Map.anonymous != 0
    if operation.other % 4096 != 0 { return .failed(.invalid) }
    if !anonymous, operation.file == 0 { return .failed(.badFile) }
    if operation.length == 0 { return .failed(.invalid) }
    let bytes = Self.pages(operation.length) &* 4096
    if bytes == 0 { return .failed(.nomem) }
    let count = Int(bytes / 4096)
    let fixed = flags & (Linux.Map.fixed | Linux.Map.fixedNoReplace) != 0
    if bytes > Linux.addressEnd { return .failed(.nomem) }
    var page: Int?
    if fixed {
      if operation.address > Linux.addressEnd - bytes { return .failed(.nomem) }
      if operation.address % 4096 != 0 { return .failed(.invalid) }
      page = Int(operation.address / 4096)
    } else {
      let hint = Int(operation.address / 4096)
      if hint > 0, operation.address <= Linux.addressEnd - bytes, hasRoom(hint..<hint + count) {
        page = hint
      }
    }
    if flags & Linux.Map.fixedNoReplace != 0, let page, !isFree(page..<page + count) {
      return .failed(.exists)
    }
    if !anonymous, operation.other > UInt64(Int64.max) - bytes { return .failed(.overflow) }
    let type = flags & Linux.Map.type
    // FIXED_NOREPLACE came after the flags that every kernel knew, and counts as unknown.
    if type == Linux.Map.validate, !anonymous, flags & Linux.Map.fixedNoReplace != 0 {
      return .failed(.notSupported)
    }
    let isShared = type == Linux.Map.shared || (type == Linux.Map.validate && !anonymous)
    if !isShared, type != Linux.Map.private { return .failed(.invalid) }
    if flags & Linux.Map.growsDown != 0, isShared || !anonymous { return .failed(.invalid) }
    let fills = flags & (Linux.Map.locked | Linux.Map.populate) != 0
    guard let page else {
      // Somewhere else, and gone at once; the file has its pages now.
      if fills, !anonymous, operation.protection & 7 != 0 {
        let file = world.files[Int(operation.file) - 1]
        for index in 0..<count { _ = file.page(Int(operation.other / 4096) + index) }
      }
      return Answer(value: Answer.outside)
    }

    var area = PlainArea(
      start: page, end: page + count, flags: AreaFlags(rawValue: UInt32(operation.protection & 7)),
      offset: page)
    if isShared { area.flags.insert(.shared) }
    if flags & Linux.Map.growsDown != 0 { area.flags.insert(.growsDown) }
    if flags & Linux.Map.locked != 0 { area.flags.insert(.locked) }
    if flags & Linux.Map.noReserve != 0 { area.flags.insert(.noReserve) }
    if area.flags.intersection([.write, .shared, .noReserve]) == .write {
      area.flags.insert(.account)
    }
    if !anonymous {
      area.file = world.files[Int(operation.file) - 1]
      area.offset = Int(operation.other / 4096)
    } else if isShared {
      area.file = PlainFile(sharedPages: count)
      area.offset = 0
    }
    unmap(page..<page + count)
    add(area)
    if fills {
      _ = populate(page..<page + count, goesOn: true)
    }
    return Answer(value: Int64(page * 4096))
  }

  /// Whether a mapping that only hints at its place may have it: 256 pages below an area that grows
  /// downwards stay free.
  func hasRoom(_ range: Range<Int>) -> Bool {
    guard isFree(range) else { return false }
    guard let next = index(from: range.lowerBound) else { return true }
    let gap = areas[next].flags.contains(.growsDown) ? 256 : 0
    return range.upperBound <= areas[next].start - gap
  }

  func munmap(_ operation: Operation) -> Answer {
    let bytes = Self.pages(operation.length) &* 4096
    if operation.address % 4096 != 0 || operation.address > Linux.addressEnd
      || operation.length > Linux.addressEnd - operation.address || bytes == 0
    {
      return .failed(.invalid)
    }
    let page = Int(operation.address / 4096)
    unmap(page..<page + Int(bytes / 4096))
    return Answer()
  }

  func mprotect(_ operation: Operation) -> Answer {
    if operation.address % 4096 != 0 { return .failed(.invalid) }
    if operation.length == 0 { return Answer() }
    let end = operation.address &+ Self.pages(operation.length) &* 4096
    if end <= operation.address { return .failed(.nomem) }
    if operation.protection & ~15 != 0 { return .failed(.invalid) }
    return walk(Int(operation.address / 4096)..<Int(end / 4096)) { index, part in
      let old = areas[index].flags
      var new = old.subtracting(.access)
      new.formUnion(AreaFlags(rawValue: UInt32(operation.protection & 7)))
      guard new != old else { return }
      if new.contains(.write) {
        if old.isDisjoint(with: [.account, .write, .shared, .noReserve]) { new.insert(.account) }
      } else if areas[index].file == nil, areas[index].family == nil {
        new.remove(.account)
      }
      change(index, part, to: new)
      if new.contains(.write), old.intersection([.write, .shared, .locked]) == .locked {
        _ = populate(part, goesOn: false)
      }
    }
  }

  /// The heap: rounded up to pages it is an area like others, but never joins one that lies below its
  /// start, and keeps a page (256 from a stack) from what lies above.
  func brk(_ operation: Operation) -> Answer {
    let old = Answer(value: Int64(heapEnd))
    guard operation.address >= heapStart else { return old }
    let (oldEnd, newEnd) = (Int(Self.pages(heapEnd)), Int(Self.pages(operation.address)))
    if newEnd < oldEnd {
      guard !isFree(newEnd..<oldEnd) else { return old }
      unmap(newEnd..<oldEnd)
    } else if newEnd > oldEnd {
      if let next = index(from: oldEnd) {
        let gap = areas[next].flags.contains(.growsDown) ? 256 : 0
        guard newEnd + 1 <= areas[next].start - gap else { return old }
      }
      let area = PlainArea(
        start: oldEnd, end: newEnd, flags: [.read, .write, .account], offset: oldEnd)
      // An area that reaches over the start counts as the heap's.
      let below = index(containing: oldEnd - 1)
      add(area, joins: below.map { areas[$0].end * 4096 > Int(heapStart) } ?? false)
    }
    heapEnd = operation.address
    return Answer(value: Int64(heapEnd))
  }

  /// Calls `body` with each area's part of the range in turn; ENOMEM at the first hole.
  func walk(_ range: Range<Int>, _ body: (Int, Range<Int>) -> Void) -> Answer {
    var page = range.lowerBound
    while page < range.upperBound {
      guard let index = index(containing: page) else { return .failed(.nomem) }
      let part = page..<min(areas[index].end, range.upperBound)
      body(index, part)
      page = part.upperBound
    }
    return Answer()
  }
}
