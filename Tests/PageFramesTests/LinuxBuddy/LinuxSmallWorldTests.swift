import MemoryUnits
import PageFrames
import Testing

/// All sequences of a few operations on a memory of three pageblocks of four frames.
@Suite("LinuxBuddy: every sequence of operations in a small world")
struct LinuxSmallWorldTests {
  static let frames = 12

  /// One replay: digits of `sequence` in base `choices` say what is done. The first choices allocate an
  /// order 0...2 for a class; the others free the oldest, the newest or the middle block. Nil when the
  /// sequence does the same as a shorter one.
  static func failure(_ sequence: Int, length: Int, _ policy: LinuxPolicy) -> String? {
    var buddy = linuxBuddy(frames, policy)
    var live: [(frame: FrameNumber, order: Order)] = []
    var owned = [Bool](repeating: false, count: frames)
    var rest = sequence
    for step in 0..<length {
      let choice = rest % choices
      rest /= choices
      if choice < 9 {
        let order = Order(choice % 3)
        let frameClass = FrameClass.allCases[choice / 3]
        if let frame = buddy.allocate(order, frameClass, core: 0) {
          let block = frame.index..<frame.index + order.frameCount
          guard block.upperBound <= frames, frame.isAligned(to: order),
            block.allSatisfy({ !owned[$0] })
          else { return "step \(step): \(block) handed out" }
          for frame in block { owned[frame] = true }
          live.append((frame, order))
        } else {
          for start in stride(from: 0, to: frames, by: order.frameCount)
          where (start..<start + order.frameCount).allSatisfy({ !owned[$0] }) {
            return "step \(step): order \(order.index) refused although \(start) is free"
          }
        }
      } else if !live.isEmpty {
        let index = [0, live.count - 1, live.count / 2][choice - 9]
        let (frame, order) = live.remove(at: index)
        buddy.free(frame, order, core: 0)
        for frame in frame.index..<frame.index + order.frameCount { owned[frame] = false }
      }
      buddy.validate()
      let inBlocks = buddy.freeBlocksByOrder().enumerated().reduce(0) { $0 + Int($1.1) << $1.0 }
      let free = owned.count { !$0 }
      guard buddy.freeFrames == free, inBlocks + buddy.heldFrames == free else {
        return "step \(step): \(buddy.freeFrames) free, \(inBlocks) in blocks, of \(free)"
      }
    }
    return nil
  }

  static let choices = 12

  @Test("three kernels, with and without cores' lists", arguments: LinuxPolicy.bundles.indices)
  func everySequence(bundle: Int) {
    let length = isLong ? 5 : 3
    let count = (0..<length).reduce(1) { power, _ in power * Self.choices }
    for pcp in [false, true] {
      let policy = LinuxPolicy.bundles[bundle].policy.small(2, pcp: pcp)
      for sequence in 0..<count {
        // Random beginnings would be rarer than their ends: a fixed one that mixes the types.
        if let failure = Self.failure(sequence * 1728 + 1000, length: length + 3, policy) {
          Issue.record("\(LinuxPolicy.bundles[bundle].name), pcp \(pcp), \(sequence): \(failure)")
          return
        }
      }
    }
  }
}
