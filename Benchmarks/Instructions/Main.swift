import MemoryUnits
import PageFrames

// What Benchmarks/instructions runs under callgrind: PROGRAM ALLOCATOR ORDER, where ALLOCATOR is l or
// r (ListBuddy, RowBuddy) and ORDER one digit. Its status is 0 when every block could be had.

/// 512 MiB: what is counted does not depend on the size, and callgrind is slow.
let frameCount = 1 << 17

@c(main)
public func main(
  _ count: Int32, _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>
) -> Int32 {
  guard count == 3, let name = unsafe arguments[1], let digit = unsafe arguments[2] else {
    return 2
  }
  let order = unsafe Order(Int(digit[0]) - 48)
  let range = FrameRange(start: FrameNumber(0), count: frameCount)
  switch unsafe UInt8(bitPattern: name[0]) {
  case UInt8(ascii: "l"):
    let table = FrameTable(frameCount: frameCount)
    var allocator = ListBuddy(range, in: table)
    return measure(&allocator, order)
  case UInt8(ascii: "r"):
    var allocator = RowBuddy(range, coreCount: 1)
    return measure(&allocator, order)
  default:
    return 2
  }
}

/// Half of the memory in blocks of the order. First all of it, unmeasured, so that nothing is touched
/// for the first time in a measured function.
func measure<Allocator: FrameAllocator & ~Copyable>(
  _ allocator: inout Allocator, _ order: Order
) -> Int32 {
  let all = Blocks.allocate(capacity: frameCount >> order.index)
  defer { unsafe all.deallocate() }
  for index in 0..<all.count {
    guard let block = allocator.allocate(order, .movable, core: 0) else { return 1 }
    unsafe all[index] = block
  }
  for index in 0..<all.count { unsafe allocator.free(all[index], order, core: 0) }
  allocator.drain(core: 0)

  let half = unsafe Blocks(rebasing: all[..<(all.count / 2)])
  unsafe measuredAllocate(&allocator, order, half)
  unsafe measuredPairs(&allocator, order, half)
  unsafe measuredFree(&allocator, order, half)
  for index in 0..<half.count {
    guard let block = allocator.allocate(order, .movable, core: 0) else { return 1 }
    unsafe half[index] = block
  }
  unsafe shuffle(half)
  unsafe measuredRandomFree(&allocator, order, half)
  return allocator.freeFrames == frameCount ? 0 : 1
}

func shuffle(_ blocks: Blocks) {
  var generator = SplitMix64(seed: 1)
  var left = blocks.count
  while left > 1 {
    let other = Int(generator.next(upperBound: UInt64(left)))
    left -= 1
    unsafe blocks.swapAt(left, other)
  }
}
