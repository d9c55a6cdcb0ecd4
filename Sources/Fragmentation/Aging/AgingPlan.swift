internal import MemoryUnits

/// Which of its own frames someone has to keep, and which of those must not move, so that free memory
/// becomes as fragmented as it was asked for.
///
/// Blocks of 2 MiB in which others have a frame are spoiled already, for good: all own frames of them
/// stay in use, so that fewer free frames do not count. Blocks that are wholly free stay so. Of the
/// other blocks, drawn in a seeded order, k are spoiled by the method, which keeps m frames of each, j stay wholly in use, and the
/// rest becomes free. With F free frames U(9) = k (512 - m) / F, and F = 512 (blocks - j) - m k, to
/// which the free frames that cannot be changed are added in both.
public struct AgingPlan: Sendable {
  /// Own frames that stay in use.
  public private(set) var kept: FrameSet
  /// Those of them that must not move.
  public private(set) var pinned: FrameSet
  /// Blocks that the method spoils.
  public private(set) var spoiledBlocks = 0
  /// Blocks that stay wholly in use.
  public private(set) var fullBlocks = 0
  /// Free frames, and those of them in free blocks of 2 MiB, once the plan is carried out.
  public private(set) var freeFrames: Int
  public private(set) var usableFrames: Int

  /// The index that the plan gives, 0...1; nil when nothing is free then.
  public var unusable: Double? {
    freeFrames > 0 ? Double(freeFrames - usableFrames) / Double(freeFrames) : nil
  }

  /// The share of the kept frames that is pinned; 0 when none is kept.
  public var unmovable: Double {
    let count = kept.count
    return count > 0 ? Double(pinned.count) / Double(count) : 0
  }

  /// The plan that comes nearest to the goal; the same for the same seed.
  ///
  /// Ends the process for a method that is none of `AgingMethod.planned`.
  public init(_ layout: AgingLayout, _ method: AgingMethod, _ goal: AgingGoal, seed: UInt64) {
    guard let keptPerBlock = method.keptPerBlock else {
      fatalError("\(method.rawValue) has no plan of which frames stay")
    }
    var generator = SplitMix64(seed: seed)
    kept = FrameSet(layout.range)
    pinned = FrameSet(layout.range)
    freeFrames = layout.freeElsewhere
    usableFrames = layout.usableElsewhere
    var blocks = keepSpoiled(layout)
    // Free frames within blocks that others spoiled stay where they are.
    let base = (free: freeFrames, usable: usableFrames)
    Self.shuffle(&blocks, &generator)
    let split = Self.split(
      blocks: blocks.count, kept: keptPerBlock, base, goal, frames: layout.range.count)
    spoiledBlocks = split.spoiled
    fullBlocks = split.full
    for block in blocks[..<split.spoiled] {
      spoil(
        FrameRange(block: block, .huge), layout, keptPerBlock, method.placement, &generator)
    }
    for block in blocks[split.spoiled..<split.spoiled + split.full] {
      fill(FrameRange(block: block, .huge), layout)
    }
    let whole = blocks.count - split.spoiled - split.full
    freeFrames += whole * Order.huge.frameCount
    usableFrames += whole * Order.huge.frameCount
    pin(goal.unmovable, &generator)
  }

  /// Keeps the own frames of blocks that others spoil, and of incomplete blocks at the ends; returns
  /// the other blocks that have own frames.
  private mutating func keepSpoiled(_ layout: AgingLayout) -> [FrameNumber] {
    var clean: [FrameNumber] = []
    let end = layout.range.end.index
    var frame = layout.range.start.index
    while frame < end {
      let start = frame & ~(Order.huge.frameCount - 1)
      let next = min(start + Order.huge.frameCount, end)
      let block = FrameRange(start: FrameNumber(frame), count: next - frame)
      let free = (frame..<next).count { layout.free.contains(FrameNumber($0)) }
      let own = (frame..<next).count { layout.own.contains(FrameNumber($0)) }
      if free == Order.huge.frameCount {
        freeFrames += free
        usableFrames += free
      } else if free + own == Order.huge.frameCount {
        clean.append(FrameNumber(frame))
      } else {
        fill(block, layout)
      }
      frame = next
    }
    return clean
  }

  /// Keeps all own frames of a block.
  private mutating func fill(_ block: FrameRange, _ layout: AgingLayout) {
    for index in block.start.index..<block.end.index {
      let frame = FrameNumber(index)
      if layout.own.contains(frame) {
        kept.insert(frame)
      } else if layout.free.contains(frame) {
        freeFrames += 1
      }
    }
  }

  /// Keeps as many own frames of a block as the method says.
  private mutating func spoil(
    _ block: FrameRange, _ layout: AgingLayout, _ keptPerBlock: Int,
    _ placement: AgingMethod.Placement, _ generator: inout SplitMix64
  ) {
    var own = (block.start.index..<block.end.index).map { FrameNumber($0) }
      .filter { layout.own.contains($0) }
    let count = min(keptPerBlock, own.count)
    switch placement {
    case .first: break
    case .last: own.reverse()
    case .random: Self.shuffle(&own, &generator)
    }
    for frame in own.prefix(count) { kept.insert(frame) }
    freeFrames += block.count - count
  }

  private mutating func pin(_ share: Double, _ generator: inout SplitMix64) {
    var frames = kept.members
    let count = Int((share * Double(frames.count)).rounded())
    Self.shuffle(&frames, &generator)
    for frame in frames.prefix(count) { pinned.insert(frame) }
  }

  /// How many blocks are spoiled and how many stay in use.
  private static func split(
    blocks: Int, kept: Int, _ base: (free: Int, usable: Int), _ goal: AgingGoal, frames: Int
  ) -> (spoiled: Int, full: Int) {
    let size = Order.huge.frameCount
    guard let share = goal.free else {
      return (spoiled(blocks: blocks, kept: kept, base, goal.unusable), 0)
    }
    // k (512 - m) + base = U F fixes k, and F the blocks in use.
    let free = share * Double(frames)
    let unusable = goal.unusable * free - Double(base.free - base.usable)
    let spoiled = min(max(Int((unusable / Double(size - kept)).rounded()), 0), blocks)
    let whole = (free - Double(base.free) - Double(spoiled * (size - kept))) / Double(size)
    let wholeBlocks = min(max(Int(whole.rounded()), 0), blocks - spoiled)
    return (spoiled, blocks - spoiled - wholeBlocks)
  }

  /// The number of blocks whose spoiling brings the index nearest to the one asked for; it grows with
  /// every block.
  private static func spoiled(
    blocks: Int, kept: Int, _ base: (free: Int, usable: Int), _ unusable: Double
  ) -> Int {
    let size = Order.huge.frameCount
    func index(_ count: Int) -> Double {
      let free = base.free + size * blocks - kept * count
      let usable = base.usable + size * (blocks - count)
      return free > 0 ? Double(free - usable) / Double(free) : 1
    }
    var low = 0
    var high = blocks
    while low < high {
      let middle = (low + high) / 2
      if index(middle) < unusable { low = middle + 1 } else { high = middle }
    }
    return low > 0 && unusable - index(low - 1) <= index(low) - unusable ? low - 1 : low
  }

  /// Fisher and Yates's shuffle.
  private static func shuffle(_ items: inout [FrameNumber], _ generator: inout SplitMix64) {
    for index in stride(from: items.count - 1, to: 0, by: -1) {
      items.swapAt(index, Int(generator.next(upperBound: UInt64(index + 1))))
    }
  }
}
