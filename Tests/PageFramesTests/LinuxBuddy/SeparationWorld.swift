import MemoryUnits
import PageFrames

/// A memory under a policy that keeps frames that move and others apart, with a plain record of who has
/// what beside it.
struct SeparationWorld: ~Copyable {
  struct Block {
    let frame: FrameNumber
    let order: Order
    let frameClass: FrameClass

    var frames: Range<Int> { frame.index..<frame.index + order.frameCount }
  }

  var buddy: LinuxBuddy<NoObserver>
  private(set) var live: [Block] = []
  /// By frame: nil for a free one.
  private(set) var owner: [FrameClass?]

  init(_ frames: Int, _ policy: LinuxPolicy, cores: Int = 1) {
    buddy = linuxBuddy(frames, policy, cores: cores)
    owner = [FrameClass?](repeating: nil, count: frames)
  }

  /// False when the request was refused.
  mutating func allocate(_ order: Order, _ frameClass: FrameClass, core: Int = 0) -> Bool {
    guard let frame = buddy.allocate(order, frameClass, core: core) else { return false }
    let block = Block(frame: frame, order: order, frameClass: frameClass)
    for frame in block.frames { owner[frame] = frameClass }
    live.append(block)
    return true
  }

  mutating func free(at index: Int, core: Int = 0) {
    let block = live.remove(at: index)
    buddy.free(block.frame, block.order, core: core)
    for frame in block.frames { owner[frame] = nil }
  }

  /// Whether an aligned block of an order in `frames` is free.
  func hasFree(_ order: Order, in frames: Range<Int>) -> Bool {
    stride(from: frames.lowerBound, to: frames.upperBound, by: order.frameCount).contains { start in
      owner[start..<start + order.frameCount].allSatisfy { $0 == nil }
    }
  }

  /// Frames of superpageblock `index` of 2^order frames.
  static func superpageblock(_ index: Int, _ order: Int) -> Range<Int> {
    index << order..<(index + 1) << order
  }
}
