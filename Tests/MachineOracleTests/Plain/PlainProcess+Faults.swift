/// Accesses, by the program or in its place.
extension PlainProcess {
  enum Outcome { case done, noArea, forbidden, beyondEnd }

  /// What the hardware and the fault handler make of an access to `page`.
  func touch(_ page: Int, write: Bool) -> Outcome {
    guard let index = index(containing: page) ?? grownDown(to: page) else { return .noArea }
    guard write ? areas[index].flags.contains(.write) : areas[index].isAccessible else {
      return .forbidden
    }
    return resolve(page, index, write: write)
  }

  /// An area that grows downwards takes in the pages down to `page`, if 256 lie between it and an
  /// accessible area below.
  private func grownDown(to page: Int) -> Int? {
    guard let index = index(from: page), areas[index].flags.contains(.growsDown) else { return nil }
    if index > 0 {
      let below = areas[index - 1]
      let hinders = below.isAccessible && !below.flags.contains(.growsDown)
      if hinders, page - below.end < 256 { return nil }
    }
    prepareFamily(index)
    areas[index].offset -= areas[index].start - page
    areas[index].start = page
    return index
  }

  /// Makes `page` present, and writable if asked for; rights are settled.
  func resolve(_ page: Int, _ index: Int, write: Bool) -> Outcome {
    let area = areas[index]
    if let entry = entries[page] {
      guard write, !area.flags.contains(.shared) else { return .done }
      switch entry {
      case .zero: takeOwn(page, index, PlainPage.zeros)
      case .file(let original): takeOwn(page, index, original.words)
      case .anonymous(let original):
        if original.isShared { takeOwn(page, index, original.words) }
      }
      return .done
    }
    guard let file = area.file else {
      if write { takeOwn(page, index, PlainPage.zeros) } else { entries[page] = .zero }
      return .done
    }
    // A write to a private area gets its family even when the file ends before the page.
    if !write {
      mapAround(page, area, file)
    } else if !area.flags.contains(.shared) {
      prepareFamily(index)
    }
    guard let original = file.page(area.offset(at: page)) else { return .beyondEnd }
    if write, !area.flags.contains(.shared) {
      takeOwn(page, index, original.words)
    } else {
      entries[page] = .file(original)
    }
    return .done
  }

  private func takeOwn(_ page: Int, _ index: Int, _ words: [UInt64]) {
    prepareFamily(index)
    entries[page] = .anonymous(PlainPage(words))
  }

  /// Fault-around: 16 pages that exist already, beginning at a multiple of 16 or at the area.
  private func mapAround(_ page: Int, _ area: PlainArea, _ file: PlainFile) {
    let first = max(page & ~15, area.start)
    let last = min(first + 16, area.end, (page | 511) + 1)
    for near in first..<last where entries[near] == nil {
      let index = area.offset(at: near)
      if index < file.pageCount, let present = file.pages[index] { entries[near] = .file(present) }
    }
  }

  /// Reads or writes one byte.
  func access(_ address: UInt64, write value: UInt8?) -> Answer {
    let (page, offset) = (Int(address / Linux.pageBytes), Int(address % Linux.pageBytes))
    let place = Int64(bitPattern: address)
    switch touch(page, write: value != nil) {
    case .noArea: return Answer(value: place, signal: 11, code: 1)
    case .forbidden: return Answer(value: place, signal: 11, code: 2)
    case .beyondEnd: return Answer(value: place, signal: 7, code: 2)
    case .done:
      switch entries[page] {
      case nil, .zero: return Answer()
      case .anonymous(let bytes), .file(let bytes):
        if let value {
          bytes[offset] = value
          return Answer()
        }
        return Answer(value: Int64(bytes[offset]))
      }
    }
  }

  func hash(_ page: Int) -> UInt64 {
    switch touch(page, write: false) {
    case .noArea: return 11 << 8 | 1
    case .forbidden: return 11 << 8 | 2
    case .beyondEnd: return 7 << 8 | 2
    case .done:
      switch entries[page] {
      case nil, .zero: return PlainPage.hash(PlainPage.zeros)
      case .anonymous(let bytes), .file(let bytes): return PlainPage.hash(bytes.words)
      }
    }
  }

  /// What mlock and MAP_POPULATE do: write to private writable areas, read others.
  ///
  /// - Parameter goesOn: an area that fails is passed over (mmap, mremap), else it ends the call.
  /// - Returns: whether no page failed.
  func populate(_ range: Range<Int>, goesOn: Bool) -> Bool {
    var page = range.lowerBound
    while page < range.upperBound, let found = index(from: page),
      areas[found].start < range.upperBound
    {
      let area = areas[found]
      page = max(page, area.start)
      let end = min(area.end, range.upperBound)
      if area.flags.contains(.lockedOnFault) {
        page = end
        continue
      }
      let write = area.flags.contains(.write) && !area.flags.contains(.shared)
      while page < end, area.isAccessible, resolve(page, found, write: write) == .done { page += 1 }
      if page < end, !goesOn { return false }
      page = end
    }
    return true
  }
}
