internal import MemoryUnits
internal import PageFrames

/// Small objects packed into blocks of frames, a list of partly filled blocks per class.
///
/// Objects are taken from the block at the head of its class's list, lowest free place first. A block
/// that becomes empty goes back to the buddy at once, so that every block it holds has live data.
struct Slab {
  /// Where an object lies.
  struct Place {
    var block: UInt32
    var index: UInt16
  }

  private struct Block {
    var frame: FrameNumber
    /// Neighbours in the list of partly filled blocks; `none` at its ends. In an unused record
    /// `next` links the unused ones.
    var next: UInt32
    var previous: UInt32
    var used: UInt16
    var classIndex: UInt8
    /// One bit per place, set while it is free.
    var free: InlineArray<8, UInt64>
  }

  private static let none = UInt32.max

  private var blocks = ContiguousArray<Block>()
  private var unusedBlocks = none
  private var heads = [UInt32](repeating: none, count: SlabClass.all.count)
  private let classes = SlabClass.all

  /// Takes a place in a block of the class; nil when a new block is needed and memory has none.
  mutating func allocate<Allocator, Observer>(
    classIndex: Int, group: UInt16, from memory: inout PhysicalMemory<Allocator, Observer>
  ) -> Place? where Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver {
    var head = heads[classIndex]
    if head == Self.none {
      guard let new = addBlock(classIndex: classIndex, group: group, from: &memory) else {
        return nil
      }
      head = new
    }
    let block = Int(head)
    var word = 0
    while blocks[block].free[word] == 0 { word += 1 }
    let bits = blocks[block].free[word]
    blocks[block].free[word] = bits & (bits &- 1)
    blocks[block].used &+= 1
    if Int(blocks[block].used) == classes[classIndex].capacity { unlink(head) }
    return Place(block: head, index: UInt16(word * 64 + bits.trailingZeroBitCount))
  }

  /// Gives the place back, and its block to the buddy when it was the last object there.
  mutating func free<Allocator, Observer>(
    _ place: Place, to memory: inout PhysicalMemory<Allocator, Observer>
  ) where Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver {
    let block = Int(place.block)
    let classIndex = Int(blocks[block].classIndex)
    let wasFull = Int(blocks[block].used) == classes[classIndex].capacity
    blocks[block].free[Int(place.index) >> 6] |= 1 << UInt64(place.index & 63)
    blocks[block].used &-= 1
    if blocks[block].used == 0 {
      if !wasFull { unlink(place.block) }
      memory.free(blocks[block].frame, Order(classes[classIndex].blockOrder))
      blocks[block].next = unusedBlocks
      unusedBlocks = place.block
    } else if wasFull {
      link(place.block)
    }
  }

  private mutating func addBlock<Allocator, Observer>(
    classIndex: Int, group: UInt16, from memory: inout PhysicalMemory<Allocator, Observer>
  ) -> UInt32? where Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver {
    let slabClass = classes[classIndex]
    let order = Order(slabClass.blockOrder)
    let owner = FrameOwner(state: .slab, group: group)
    guard let frame = memory.allocate(order, .unmovable, owner: owner) else { return nil }
    var free = InlineArray<8, UInt64>(repeating: 0)
    for place in 0..<slabClass.capacity { free[place >> 6] |= 1 << UInt64(place & 63) }
    let block = Block(
      frame: frame, next: Self.none, previous: Self.none, used: 0,
      classIndex: UInt8(classIndex), free: free)
    let id: UInt32
    if unusedBlocks == Self.none {
      id = UInt32(blocks.count)
      blocks.append(block)
    } else {
      id = unusedBlocks
      unusedBlocks = blocks[Int(id)].next
      blocks[Int(id)] = block
    }
    link(id)
    return id
  }

  /// Puts a block at the head of its class's list.
  private mutating func link(_ id: UInt32) {
    let classIndex = Int(blocks[Int(id)].classIndex)
    let head = heads[classIndex]
    blocks[Int(id)].next = head
    blocks[Int(id)].previous = Self.none
    if head != Self.none { blocks[Int(head)].previous = id }
    heads[classIndex] = id
  }

  /// Takes a block out of its class's list.
  private mutating func unlink(_ id: UInt32) {
    let next = blocks[Int(id)].next
    let previous = blocks[Int(id)].previous
    if previous == Self.none {
      heads[Int(blocks[Int(id)].classIndex)] = next
    } else {
      blocks[Int(previous)].next = next
    }
    if next != Self.none { blocks[Int(next)].previous = previous }
  }
}
