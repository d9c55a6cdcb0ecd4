/// madvise, mlock and msync.
extension PlainProcess {
  private typealias Advice = Linux.Advice

  func madvise(_ operation: Operation) -> Answer {
    let known: Set<UInt32> = [
      0, 1, 2, 3, 4, 8, 9, 10, 11, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24,
    ]
    if !known.contains(operation.flags) { return .failed(.invalid) }
    let bytes = Self.pages(operation.length) &* 4096
    let end = operation.address &+ bytes
    if operation.address % 4096 != 0 || (operation.length > 0 && bytes == 0)
      || end < operation.address
    {
      return .failed(.invalid)
    }
    if bytes == 0 { return Answer() }
    let range = Int(operation.address / 4096)..<Int(end / 4096)
    switch operation.flags {
    case Advice.populateRead, Advice.populateWrite:
      return prefault(range, write: operation.flags == Advice.populateWrite)
    default: break
    }
    var result = Answer()
    var page = range.lowerBound
    while page < range.upperBound {
      guard let index = index(from: page), areas[index].start < range.upperBound else {
        return .failed(.nomem)
      }
      if areas[index].start > page { result = .failed(.nomem) }
      let part = max(page, areas[index].start)..<min(areas[index].end, range.upperBound)
      if let error = advise(index, part, operation.flags) { return .failed(error) }
      page = part.upperBound
    }
    return result
  }

  private func advise(_ index: Int, _ part: Range<Int>, _ advice: UInt32) -> Code? {
    let area = areas[index]
    let isPrivateAnonymous = area.file == nil
    var flags = area.flags
    switch advice {
    case Advice.normal: flags.subtract([.random, .sequential])
    case Advice.random:
      flags.remove(.sequential)
      flags.insert(.random)
    case Advice.sequential:
      flags.remove(.random)
      flags.insert(.sequential)
    case Advice.dontFork: flags.insert(.dontFork)
    case Advice.doFork: flags.remove(.dontFork)
    case Advice.dontDump: flags.insert(.dontDump)
    case Advice.doDump: flags.remove(.dontDump)
    case Advice.wipeOnFork:
      if !isPrivateAnonymous { return .invalid }
      flags.insert(.wipeOnFork)
    case Advice.keepOnFork: flags.remove(.wipeOnFork)
    case Advice.hugePage:
      flags.remove(.noHuge)
      flags.insert(.huge)
    case Advice.noHugePage:
      flags.remove(.huge)
      flags.insert(.noHuge)
    case Advice.dontNeed, Advice.dontNeedLocked, Advice.free:
      if area.flags.contains(.locked), advice != Advice.dontNeedLocked { return .invalid }
      if advice == Advice.free { return isPrivateAnonymous ? nil : .invalid }
      for page in part { entries[page] = nil }
    case Advice.cold, Advice.pageOut: if area.flags.contains(.locked) { return .invalid }
    case Advice.remove: return punch(area, part)
    default: break
    }
    change(index, part, to: flags)
    return nil
  }

  private func punch(_ area: PlainArea, _ part: Range<Int>) -> Code? {
    guard !area.flags.contains(.locked), let file = area.file else { return .invalid }
    guard area.flags.contains(.shared) else { return .access }
    for page in part { file.pages[area.offset(at: page)] = nil }
    return nil
  }

  /// MADV_POPULATE_READ and _WRITE.
  private func prefault(_ range: Range<Int>, write: Bool) -> Answer {
    for page in range {
      guard let index = index(containing: page) else { return .failed(.nomem) }
      guard areas[index].flags.contains(write ? .write : .read) else { return .failed(.invalid) }
      if resolve(page, index, write: write) != .done { return .failed(.fault) }
    }
    return Answer()
  }

  /// mlock2, and munlock without `lock`.
  func mlock(_ operation: Operation, lock: Bool) -> Answer {
    if lock, operation.flags & ~Linux.lockOnFault != 0 { return .failed(.invalid) }
    let first = operation.address & ~4095
    let bytes = Self.pages(operation.length &+ operation.address % 4096) &* 4096
    if first &+ bytes < first { return .failed(.invalid) }
    if bytes == 0 { return Answer() }
    var wanted: AreaFlags = lock ? .locked : []
    if lock, operation.flags & Linux.lockOnFault != 0 { wanted.insert(.lockedOnFault) }
    let range = Int(first / 4096)..<Int((first + bytes) / 4096)
    let answer = walk(range) { index, part in
      change(index, part, to: areas[index].flags.subtracting(.anyLock).union(wanted))
    }
    if answer.value < 0 || !lock { return answer }
    return populate(range, goesOn: false) ? Answer() : .failed(.nomem)
  }

  func msync(_ operation: Operation) -> Answer {
    let both = Linux.Sync.async | Linux.Sync.sync
    if operation.flags & ~7 != 0 || operation.address % 4096 != 0
      || operation.flags & both == both
    {
      return .failed(.invalid)
    }
    let end = operation.address &+ Self.pages(operation.length) &* 4096
    if end < operation.address { return .failed(.nomem) }
    var result = Answer()
    var page = Int(operation.address / 4096)
    while page < Int(end / 4096) {
      guard let index = index(from: page) else { return .failed(.nomem) }
      if areas[index].start > page {
        if areas[index].start >= Int(end / 4096) { return .failed(.nomem) }
        result = .failed(.nomem)
      }
      if operation.flags & Linux.Sync.invalidate != 0, areas[index].flags.contains(.locked) {
        return .failed(.busy)
      }
      page = areas[index].end
    }
    return result
  }
}
