import MemoryUnits
import PageFrames

/// One repetition of the superpage experiment on one allocator, on one core.
struct SuperpageRun<Allocator: FrameAllocator & ~Copyable>: ~Copyable {
  private struct KernelBlock {
    var frame: UInt32
    var order: UInt8
  }

  private var allocator: Allocator
  private let plan: SuperpageCase
  private var generator: SplitMix64
  /// Whether pages are moved where the allocator asks for it.
  private let movesPages: Bool
  private var movable: MovablePages
  private var kernel: [KernelBlock] = []
  private var kernelFrames = 0
  private var refused = 0
  private var requests = 0
  private var moved = 0

  init(
    _ allocator: consuming Allocator, _ plan: SuperpageCase, seed: UInt64, movesPages: Bool = false
  ) {
    self.allocator = allocator
    self.plan = plan
    self.movesPages = movesPages
    generator = SplitMix64(seed: seed)
    movable = MovablePages(frames: plan.frames)
  }

  /// Throws when more frames of 2 MiB are in use at the end than there are, or free frames are not what
  /// is not in use.
  consuming func run() throws(BenchmarkFault) -> SuperpageRepetition {
    fill()
    for _ in 0..<plan.rounds {
      freeMovable(movable.count / 10)
      allocateKernel(upTo: plan.kernelFrames + plan.burstFrames)
      allocateMovable()
      freeKernel(downTo: plan.kernelFrames)
      allocateMovable()
    }
    freeMovable(max(0, kernelFrames + movable.count - plan.lastFrames))
    return try repetition()
  }

  /// Both kinds in turn, in the proportion in which they are live later.
  private mutating func fill() {
    while kernelFrames + movable.count < plan.liveFrames {
      allocateKernel(
        upTo: min(plan.kernelFrames, movable.count * plan.kernelPercent / plan.livePercent))
      guard allocatePages() else { return }
    }
    allocateKernel(upTo: plan.kernelFrames)
  }

  private mutating func allocateMovable() {
    while kernelFrames + movable.count < plan.liveFrames {
      guard allocatePages() else { return }
    }
  }

  private mutating func allocateKernel(upTo frames: Int) {
    while kernelFrames < frames {
      guard allocateKernelBlock() else { return }
    }
  }

  /// As many pages as a program takes; false when not all are there.
  private mutating func allocatePages() -> Bool {
    var pages: [UInt32] = []
    while pages.count < MovablePages.programPages {
      requests += 1
      guard let frame = allocator.allocate(.base, .movable, core: 0) else {
        refused += 1
        break
      }
      pages.append(frame.rawValue)
    }
    movable.add(pages, asProgram: generator.next(upperBound: 4) != 0)
    return pages.count == MovablePages.programPages
  }

  private mutating func allocateKernelBlock() -> Bool {
    let choice = Int(generator.next(upperBound: 10))
    let order = Order(max(0, choice - 6))
    let frameClass: FrameClass = generator.next(upperBound: 4) == 0 ? .reclaimable : .unmovable
    if allocateKernelBlock(order, frameClass) { return true }
    // As slab does: what cannot be had in one piece is had in single frames.
    return order > .base && allocateKernelBlock(.base, frameClass)
  }

  private mutating func allocateKernelBlock(_ order: Order, _ frameClass: FrameClass) -> Bool {
    requests += 1
    var frame: FrameNumber?
    if movesPages {
      let request = FrameRequest(order, frameClass, core: 0)
      frame = allocator.allocate(request)
      if frame == nil, makeRoom(for: frameClass) { frame = allocator.allocate(request) }
    }
    frame = frame ?? allocator.allocate(order, frameClass, core: 0)
    guard let frame else {
      refused += 1
      return false
    }
    kernel.append(KernelBlock(frame: frame.rawValue, order: UInt8(order.index)))
    kernelFrames += order.frameCount
    return true
  }

  /// At least so many, in whole programs.
  private mutating func freeMovable(_ count: Int) {
    let least = max(0, movable.count - count)
    while movable.count > least {
      for page in movable.remove(&generator) {
        allocator.free(FrameNumber(rawValue: page), .base, core: 0)
      }
    }
  }

  private mutating func freeKernel(downTo frames: Int) {
    while kernelFrames > frames {
      let index = Int(generator.next(upperBound: UInt64(kernel.count)))
      let block = kernel[index]
      kernel[index] = kernel[kernel.count - 1]
      kernel.removeLast()
      kernelFrames -= 1 << Int(block.order)
      allocator.free(FrameNumber(rawValue: block.frame), Order(Int(block.order)), core: 0)
    }
  }

  /// Moves the pages out of the frames that the allocator asks for (`growth`); false when it would not, or when
  /// they find no other place.
  private mutating func makeRoom(for frameClass: FrameClass) -> Bool {
    guard let range = allocator.growth(for: frameClass) else { return false }
    allocator.drain(core: 0)
    // What is free there is taken, so that no page moves to it.
    var pages: [FrameNumber] = []
    var taken: [FrameNumber] = []
    for offset in 0..<range.count {
      let frame = range.start.advanced(by: offset)
      if allocator.claim(FrameRange(start: frame, count: 1)) {
        taken.append(frame)
      } else {
        pages.append(frame)
      }
    }
    var isEmpty = true
    for page in pages {
      guard let target = allocator.allocate(.base, .movable, core: 0) else {
        isEmpty = false
        break
      }
      movable.move(page, to: target)
      taken.append(page)
      moved += 1
    }
    for frame in taken { allocator.release(FrameRange(start: frame, count: 1)) }
    return isEmpty
  }

  private consuming func repetition() throws(BenchmarkFault) -> SuperpageRepetition {
    allocator.drain(core: 0)
    allocator.validate()
    let size = Order.huge.frameCount
    var kernelCounts = [Int](repeating: 0, count: plan.frames / size)
    var movableCounts = kernelCounts
    for block in kernel {
      kernelCounts[Int(block.frame) / size] += 1 << Int(block.order)
    }
    movable.forEach { movableCounts[Int($0) / size] += 1 }
    for (index, count) in zip(kernelCounts, movableCounts).map({ $0 + $1 }).enumerated()
    where count > size {
      throw BenchmarkFault(.overlap, "\(count) live frames in 2 MiB at frame \(index * size)")
    }
    guard allocator.freeFrames == plan.frames - kernelFrames - movable.count else {
      throw BenchmarkFault(.miscounted, "\(allocator.freeFrames) free frames")
    }
    var result = SuperpageRepetition(
      kernel: kernelCounts, movable: movableCounts,
      superpageblockOrder: plan.superpageblockOrder)
    result.refused = refused
    result.requests = requests
    result.moved = moved
    return result
  }
}
