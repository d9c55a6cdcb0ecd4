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

    func linux(_ free: UInt64, _ blocks: [[FrameState]]) -> UInt64 {
      let mark = order > 3 ? limits.low : limits.min
      let gap: UInt64 = order <= 10 ? 2 << shift : 0
      let movable = blocks.count { order > 10 || !$0.contains(.hugePage) }
      let made = free > mark + gap ? min(UInt64(movable), (free - mark - gap) >> shift) : 0
      let ready = free > mark ? min(number(isFree), (free - mark) >> shift) : 0
      return max(made, ready)
    }
    answer.attainable = BlockBounds(low: linux(free, sure), high: linux(free + unplaced, possible))

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
