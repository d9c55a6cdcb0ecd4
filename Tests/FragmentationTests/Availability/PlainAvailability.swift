import Fragmentation
import MemoryUnits

/// The availability answer written down plainly, block by block and frame by frame: what the scan must
/// agree with.
struct PlainAvailability {
  let states: [FrameState]
  let start: Int
  let limits: LinuxLimits
  let hidden: Int

  static let staying: Set<FrameState> = [.reserved, .unmovable, .slab, .pageTable, .pinned]

  func count(_ wanted: FrameState...) -> UInt64 {
    UInt64(states.count { wanted.contains($0) })
  }

  func answer(_ order: Int) -> OrderAvailability {
    let size = 1 << order
    var blocks: [[FrameState]] = []
    for block in 0...(start + states.count) >> order {
      let first = block << order - start
      if first >= 0, first + size <= states.count {
        blocks.append(Array(states[first..<first + size]))
      }
    }
    func number(_ allowed: (FrameState) -> Bool) -> UInt64 {
      UInt64(blocks.count { $0.allSatisfy(allowed) })
    }
    func isFree(_ state: FrameState) -> Bool { state == .free || state == .heldByCore }
    func stays(_ state: FrameState) -> Bool { Self.staying.contains(state) }

    var answer = OrderAvailability(Order(order))
    answer.blocks = UInt64(blocks.count)
    let now = number { $0 == .free }
    answer.now = now
    answer.held = number(isFree) - now
    answer.afterReclaim = number { isFree($0) || $0 == .cleanFile }
    let sure = blocks.filter { $0.allSatisfy { !stays($0) && $0 != .unknown } }
    let possible = blocks.filter { $0.allSatisfy { !stays($0) } }
    let free = count(.free, .heldByCore)
    let unplaced = min(UInt64(hidden), count(.unknown))
    let shift = UInt64(order)
    answer.afterCompaction = BlockBounds(
      low: min(UInt64(sure.count), free >> shift),
      high: min(UInt64(possible.count), (free + unplaced) >> shift))
    let clean = count(.cleanFile)
    answer.afterBoth = BlockBounds(
      low: min(UInt64(sure.count), (free + clean) >> shift),
      high: min(UInt64(possible.count), (free + unplaced + clean) >> shift))

    func linux(_ free: UInt64, _ candidates: Int) -> UInt64 {
      let mark = order > 3 ? limits.low : limits.min
      let gap: UInt64 = order <= 10 ? 2 << shift : 0
      let made = free > mark + gap ? min(UInt64(candidates), (free - mark - gap) >> shift) : 0
      let ready = free > mark ? min(number(isFree), (free - mark) >> shift) : 0
      return max(made, ready)
    }
    if order > 10 {
      answer.attainable = BlockBounds(
        low: linux(free, sure.count), high: linux(free + unplaced, possible.count))
    } else {
      let scanners = PlainScanners(states, start: start)
      var low = scanners.freed(order, skipsSpoiled: false)
      var high = scanners.freed(order, skipsSpoiled: true, further: Int(unplaced))
      if order < 9 {
        let parts = 1 << (9 - order)
        let moving = sure.count { !$0.contains(.hugePage) }
        low = max(low * parts, moving - scanners.ahead * parts)
        high = possible.count { !$0.contains(.hugePage) }
      }
      answer.attainable = BlockBounds(
        low: linux(free, low), high: linux(free + unplaced, max(low, high)))
    }

    func curve(_ blocks: [[FrameState]], _ limit: UInt64) -> MoveCurve {
      let costs = blocks.map { block in block.count { !isFree($0) } }.sorted()
      return MoveCurve(
        costs.prefix(Int(limit)).map { MoveCurve.Step(moves: UInt64($0), blocks: 1) })
    }
    answer.moves = curve(sure, free >> shift)
    let all = curve(possible, (free + unplaced) >> shift)
    if states.contains(.unknown), all != answer.moves { answer.movesIfUnknownMoves = all }

    answer.blocked = UInt64(blocks.count - sure.count)
    var blockers: [Blocker] = []
    for kind in FrameState.allCases where Self.staying.contains(kind) || kind == .unknown {
      let with = blocks.filter { $0.contains(kind) }
      let alone = with.filter { $0.allSatisfy { $0 == kind || !(stays($0) || $0 == .unknown) } }
      if with.isEmpty { continue }
      blockers.append(
        Blocker(
          kind: kind, frames: count(kind), blocks: UInt64(with.count),
          blocksAlone: UInt64(alone.count)))
    }
    answer.blockers = blockers.sorted {
      ($1.blocks, $1.frames, $0.kind.rawValue) < ($0.blocks, $0.frames, $1.kind.rawValue)
    }
    return answer
  }
}

/// The two scanners of compaction written down plainly, page by page over 2 MiB blocks.
struct PlainScanners {
  /// Nil for blocks that do not lie in the zone as a whole.
  private var blocks: [[FrameState]?] = []
  private let first: Int

  init(_ states: [FrameState], start: Int) {
    first = start >> 9
    for block in first...(start + states.count - 1) >> 9 {
      let begin = block << 9 - start
      let isWhole = begin >= 0 && begin + 512 <= states.count
      blocks.append(isWhole ? Array(states[begin..<begin + 512]) : nil)
    }
  }

  private func isFree(_ state: FrameState) -> Bool { state == .free || state == .heldByCore }

  private func isSpoiled(_ block: [FrameState]) -> Bool {
    block.contains { PlainAvailability.staying.contains($0) || $0 == .hugePage }
  }

  /// Blocks from below that have no page left which could move, when each page goes to the last free
  /// frame of a block further up.
  private func passed(_ skipsSpoiled: Bool, _ further: Int) -> Int {
    var room = blocks.map { block in
      guard let block, !block.allSatisfy(isFree) else { return 0 }
      let kernel: [FrameState] = [.reserved, .unmovable, .slab, .pageTable]
      if !skipsSpoiled, block.contains(where: { kernel.contains($0) }) {
        return 0
      }
      return block.count(where: isFree)
    }
    var further = further
    var target = blocks.count
    for (index, block) in blocks.enumerated() {
      if index >= target { return index }
      var pages = 0
      if let block, !(skipsSpoiled && isSpoiled(block)) {
        let moving: [FrameState] = [.movable, .fileCache, .cleanFile]
        pages = block.count { moving.contains($0) }
        if !skipsSpoiled, block.contains(.unknown) { pages = block.count { !isFree($0) } }
      }
      while pages > 0 {
        if further > 0 {
          further -= 1
          pages -= 1
        } else if target < blocks.count, room[target] > 0 {
          room[target] -= 1
          pages -= 1
        } else {
          target -= 1
          if target <= index { return index }
        }
      }
    }
    return blocks.count
  }

  /// Blocks in which pages are left that could move.
  var ahead: Int { blocks.count - passed(false, 0) }

  /// Free blocks of an order then; of 2 MiB for smaller orders.
  func freed(_ order: Int, skipsSpoiled: Bool, further: Int = 0) -> Int {
    let passed = passed(skipsSpoiled, further)
    let free = blocks.enumerated().map { index, block in
      guard let block else { return false }
      if block.allSatisfy(isFree) { return true }
      return index < passed && !isSpoiled(block) && (skipsSpoiled || !block.contains(.unknown))
    }
    let size = 1 << max(order - 9, 0)
    return free.indices.count { index in
      (first + index) % size == 0 && index + size <= free.count
        && free[index..<index + size].allSatisfy { $0 }
    }
  }
}

/// Frames in runs of random states: long ones now and then, so that large blocks of one state occur.
func randomStates(_ count: Int, _ generator: inout SplitMix64) -> [FrameState] {
  let rare = generator.next(upperBound: 3) == 0
  var states: [FrameState] = []
  while states.count < count {
    let common: [FrameState] = [.free, .movable, .cleanFile, .fileCache, .heldByCore, .hugePage]
    let state =
      generator.next(upperBound: rare ? 200 : 6) == 0
      ? FrameState.allCases[Int(generator.next(upperBound: UInt64(FrameState.allCases.count)))]
      : common[Int(generator.next(upperBound: UInt64(common.count)))]
    let length = 1 << Int(generator.next(upperBound: rare ? 14 : 7))
    states += repeatElement(state, count: min(length, count - states.count))
  }
  return states
}
