import MemoryUnits
import PageFrames
import Testing

/// Random requests of three cores, one second free among them, and random requests again.
struct DoubleFreeRun: ~Copyable {
  private let buddy = RowBuddy(FrameRange(start: FrameNumber(700), count: 3000), coreCount: 3)
  private var generator: SplitMix64
  private var model = FrameModel(FrameRange(start: FrameNumber(700), count: 3000))
  private var live: [(frame: Int, order: Int)] = []
  private var freed: [(frame: Int, order: Int)] = []

  init(seed: UInt64) { generator = SplitMix64(seed: seed) }

  /// Comes back only if the second free was not found, or too late.
  static func play(seed: UInt64) {
    var run = DoubleFreeRun(seed: seed)
    for _ in 0..<600 { _ = run.step(growing: true) }
    for _ in 0..<200 { _ = run.step(growing: false) }
    let candidates = run.freed.filter {
      run.model.isAllFree($0.frame..<$0.frame + 1 << $0.order)
    }
    guard !candidates.isEmpty else { return }
    // The latest ones lie in cores' hands.
    let latest = candidates.suffix(8)
    let block = latest[latest.startIndex + run.draw(latest.count)]
    run.buddy.free(FrameNumber(block.frame), Order(block.order), core: run.draw(3))
    let frames = block.frame..<block.frame + 1 << block.order
    for step in 0..<3000 {
      guard let got = run.step(growing: step % 500 < 300) else { continue }
      if got.overlaps(frames) { return }
    }
    for core in 0..<3 { run.buddy.drain(core: core) }
  }

  private mutating func draw(_ bound: Int) -> Int {
    Int(generator.next(upperBound: UInt64(bound)))
  }

  /// The frames of an allocation.
  private mutating func step(growing: Bool) -> Range<Int>? {
    if draw(10) < (growing ? 7 : 3) {
      let order = min(8, generator.next().trailingZeroBitCount)
      guard let frame = buddy.allocate(Order(order), .movable, core: draw(3))?.index else {
        return nil
      }
      live.append((frame, order))
      model.mark(frame..<frame + 1 << order, free: false)
      return frame..<frame + 1 << order
    }
    guard !live.isEmpty else { return nil }
    live.swapAt(draw(live.count), live.count - 1)
    let (frame, order) = live.removeLast()
    buddy.free(FrameNumber(frame), Order(order), core: draw(3))
    model.mark(frame..<frame + 1 << order, free: true)
    freed.append((frame, order))
    return nil
  }
}

@Suite("A second free anywhere ends the process before the frames are handed out again")
struct DoubleFreeTests {
  @Test("random requests of three cores around it", arguments: 0..<(isLong ? 200 : 16))
  func found(seed: Int) async {
    let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
      [seed] in
      DoubleFreeRun.play(seed: UInt64(seed))
    }
    let line = FaultTests.line(result)
    #expect(line.hasPrefix("framelab: double free: frame "), "seed \(seed): \(line)")
  }
}
