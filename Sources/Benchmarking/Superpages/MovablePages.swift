import MemoryUnits

/// Who has the movable pages of the superpage experiment: programs with many pages that come and go
/// together, and single pages.
struct MovablePages {
  /// Pages that a program takes at once: 1 MiB.
  static var programPages: Int { 256 }

  private(set) var count = 0
  private var programs: [[UInt32]] = []
  private var singles: [UInt32] = []
  /// By frame the place in one of them: twice the index, odd for a single.
  private var place: [UInt32]

  init(frames: Int) {
    place = [UInt32](repeating: 0, count: frames)
  }

  /// A program's pages, or so many single ones.
  mutating func add(_ pages: [UInt32], asProgram: Bool) {
    guard !pages.isEmpty else { return }
    count += pages.count
    if asProgram {
      for page in pages { place[Int(page)] = UInt32(programs.count * 2) }
      programs.append(pages)
    } else {
      for page in pages {
        place[Int(page)] = UInt32(singles.count * 2 + 1)
        singles.append(page)
      }
    }
  }

  /// Takes a program's pages away at random, or, for a quarter, as many single ones.
  mutating func remove(_ generator: inout SplitMix64) -> [UInt32] {
    let isProgram = generator.next(upperBound: 4) != 0
    var pages: [UInt32] = []
    if isProgram && !programs.isEmpty || singles.isEmpty {
      let index = Int(generator.next(upperBound: UInt64(programs.count)))
      pages = programs[index]
      let last = programs.removeLast()
      if index < programs.count {
        programs[index] = last
        for page in last { place[Int(page)] = UInt32(index * 2) }
      }
    } else {
      for _ in 0..<min(Self.programPages, singles.count) {
        let index = Int(generator.next(upperBound: UInt64(singles.count)))
        pages.append(singles[index])
        let last = singles.removeLast()
        if index < singles.count {
          singles[index] = last
          place[Int(last)] = UInt32(index * 2 + 1)
        }
      }
    }
    count -= pages.count
    return pages
  }

  /// A page has moved.
  mutating func move(_ page: FrameNumber, to target: FrameNumber) {
    let place = place[page.index]
    self.place[target.index] = place
    if place % 2 == 1 {
      singles[Int(place / 2)] = target.rawValue
    } else if let index = programs[Int(place / 2)].firstIndex(of: page.rawValue) {
      programs[Int(place / 2)][index] = target.rawValue
    }
  }

  func forEach(_ body: (UInt32) -> Void) {
    for program in programs { program.forEach(body) }
    singles.forEach(body)
  }
}
