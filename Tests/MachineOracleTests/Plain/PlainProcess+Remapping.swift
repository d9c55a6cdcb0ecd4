/// mremap.
extension PlainProcess {
  private struct Move {
    var address: Int
    var oldCount: Int
    var newCount: Int
    var flags: UInt32
    var target: Int

    var isFixed: Bool { flags & Linux.Remap.fixed != 0 }
    var keepsSource: Bool { flags & Linux.Remap.dontUnmap != 0 }
    var hasTarget: Bool { isFixed || keepsSource }
  }

  func mremap(_ operation: Operation) -> Answer {
    let flags = operation.flags
    if flags & ~7 != 0 || operation.address % 4096 != 0 { return .failed(.invalid) }
    let old = Self.pages(operation.length)
    let new = Self.pages(operation.otherLength)
    if new == 0 || new &* 4096 > Linux.addressEnd { return .failed(.invalid) }
    var move = Move(
      address: Int(operation.address / 4096), oldCount: Int(old), newCount: Int(new), flags: flags,
      target: Int(operation.other / 4096))
    if move.hasTarget {
      if operation.other > Linux.addressEnd - new * 4096 || operation.other % 4096 != 0
        || flags & Linux.Remap.mayMove == 0 || (move.keepsSource && old != new)
        || (operation.address < operation.other &+ new * 4096
          && operation.other < operation.address &+ old &* 4096)
      {
        return .failed(.invalid)
      }
      return move.isFixed && old == new ? moveAll(move) : checked(move) ?? moved(&move)
    }
    guard let index = index(containing: move.address) else { return .failed(.fault) }
    if move.newCount == move.oldCount { return Answer(value: Int64(move.address * 4096)) }
    if move.newCount < move.oldCount {
      return cut(move) ?? Answer(value: Int64(move.address * 4096))
    }
    return checked(move) ?? expanded(&move, index)
  }

  /// Why a range may not grow or move.
  private func checked(_ move: Move) -> Answer? {
    guard let index = index(containing: move.address) else { return .failed(.fault) }
    if move.oldCount == 0, !areas[index].flags.contains(.shared) { return .failed(.invalid) }
    let remains = min(move.oldCount, move.newCount)
    return remains > areas[index].end - move.address ? .failed(.fault) : nil
  }

  /// Unmaps what is too long, as munmap would.
  private func cut(_ move: Move) -> Answer? {
    let end = move.address + move.oldCount
    if end > Int(Linux.addressEnd / 4096) { return .failed(.invalid) }
    unmap(move.address + move.newCount..<end)
    return nil
  }

  private func expanded(_ move: inout Move, _ index: Int) -> Answer {
    let (end, newEnd) = (move.address + move.oldCount, move.address + move.newCount)
    if end == areas[index].end, isFree(end..<newEnd) {
      let isLocked = areas[index].flags.contains(.locked)
      extend(index, to: newEnd)
      if isLocked { _ = populate(end..<newEnd, goesOn: true) }
      return Answer(value: Int64(move.address * 4096))
    }
    if move.flags & Linux.Remap.mayMove == 0 { return .failed(.nomem) }
    // A place of the kernel's own choice, of which nothing remains; but what a locked area gains there
    // is made present, and the file has these pages now.
    let area = areas[index]
    if area.flags.contains(.locked), !area.flags.contains(.lockedOnFault), area.isAccessible,
      let file = area.file
    {
      for page in end..<newEnd { _ = file.page(area.offset(at: page)) }
    }
    if move.oldCount > 0 { unmap(move.address..<end) }
    return Answer(value: Answer.outside)
  }

  /// Equal lengths and a fixed target: every area of the range goes there, each in its turn, the holes
  /// between them kept.
  private func moveAll(_ whole: Move) -> Answer {
    let end = whole.address + whole.oldCount
    var result = Answer.failed(.fault)
    var target = whole.target
    var last: Int?
    var page = whole.address
    while page < end, let index = index(from: page), areas[index].start < end {
      let area = areas[index]
      let start = max(area.start, page)
      if last == nil, whole.address < start { return result }
      target += last.map { area.start - $0 } ?? 0
      last = area.end
      var move = whole
      move.address = start
      move.oldCount = min(end, area.end) - start
      move.newCount = move.oldCount
      move.target = target
      let answer = moved(&move)
      if page == whole.address { result = answer }
      if answer.value < 0 { return answer }
      target += move.newCount
      page = start + move.oldCount
    }
    return result
  }

  private func moved(_ move: inout Move) -> Answer {
    if move.isFixed {
      unmap(move.target..<move.target + move.newCount)
      guard index(containing: move.address) != nil else { return .failed(.fault) }
    }
    if move.newCount < move.oldCount {
      if let error = cut(move) { return error }
      move.oldCount = move.newCount
    }
    let isAway = !move.isFixed && !hasRoom(move.target..<move.target + move.newCount)
    let source = move.address..<move.address + move.oldCount
    let pages = source.compactMap { page in entries[page].map { (page, $0) } }
    guard let index = index(containing: move.address) else { return .failed(.fault) }
    let origin = areas[index]
    if !isAway {
      var copy = origin
      copy.offset =
        origin.file == nil && origin.family == nil ? move.target : origin.offset(at: move.address)
      (copy.start, copy.end) = (move.target, move.target + move.newCount)
      (copy.family, copy.chain) = (nil, [])
      add(copy, copiedFrom: origin)
    }
    for (page, entry) in pages {
      entries[page] = nil
      if !isAway { entries[page - move.address + move.target] = entry }
    }
    if move.keepsSource {
      leaveBehind(source)
    } else if !source.isEmpty {
      unmap(source)
    }
    if isAway { return Answer(value: Answer.outside) }
    if origin.flags.contains(.locked), move.newCount > move.oldCount {
      _ = populate(move.target + move.oldCount..<move.target + move.newCount, goesOn: true)
    }
    return Answer(value: Int64(move.target * 4096))
  }

  /// The source of MREMAP_DONTUNMAP: its whole area is unlocked, and without a family when all of it
  /// moved.
  private func leaveBehind(_ source: Range<Int>) {
    guard let index = index(containing: source.lowerBound) else { return }
    areas[index].flags.subtract(.anyLock)
    if areas[index].start == source.lowerBound, areas[index].end == source.upperBound {
      unlink(&areas[index])
    }
  }
}
