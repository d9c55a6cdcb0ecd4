import CHardware
import MemoryUnits

/// The timed loops. Never inlined: each is one function of the program, whose machine code can be
/// looked at.
enum Loops<Subject: BenchmarkSubject & ~Copyable> {
  /// Fills `blocks` and gives the number of blocks that it got.
  @inline(never)
  static func allocate(
    _ subject: borrowing Subject, _ blocks: UnsafeMutableBufferPointer<Subject.Block>,
    _ order: Order, core: Int
  ) -> Int {
    var index = 0
    while index < blocks.count {
      guard let block = subject.allocate(order, core: core) else { break }
      unsafe blocks[index] = block
      framelab_compiler_barrier()
      index &+= 1
    }
    return index
  }

  /// The same, the i-th block for the i-th of `classes`.
  @inline(never)
  static func allocate(
    _ subject: borrowing Subject, _ blocks: UnsafeMutableBufferPointer<Subject.Block>,
    _ classes: UnsafePointer<FrameClass>, _ order: Order, core: Int
  ) -> Int {
    var index = 0
    while index < blocks.count {
      guard let block = unsafe subject.allocate(order, classes[index], core: core) else { break }
      unsafe blocks[index] = block
      framelab_compiler_barrier()
      index &+= 1
    }
    return index
  }

  @inline(never)
  static func free(
    _ subject: borrowing Subject, _ blocks: UnsafeMutableBufferPointer<Subject.Block>,
    _ order: Order, core: Int
  ) {
    var index = 0
    while index < blocks.count {
      unsafe subject.free(blocks[index], order, core: core)
      framelab_compiler_barrier()
      index &+= 1
    }
  }

  @inline(never)
  static func freeReversed(
    _ subject: borrowing Subject, _ blocks: UnsafeMutableBufferPointer<Subject.Block>,
    _ order: Order, core: Int
  ) {
    var index = blocks.count
    while index > 0 {
      index &-= 1
      unsafe subject.free(blocks[index], order, core: core)
      framelab_compiler_barrier()
    }
  }

  /// Allocates a block and frees it, `count` times; gives how often it got one.
  @inline(never)
  static func pairs(
    _ subject: borrowing Subject, _ count: Int, _ order: Order, core: Int
  ) -> Int {
    var index = 0
    while index < count {
      guard let block = subject.allocate(order, core: core) else { break }
      framelab_compiler_barrier()
      subject.free(block, order, core: core)
      framelab_compiler_barrier()
      index &+= 1
    }
    return index
  }

  /// Frees the blocks one by one and puts a new block into the place of each; gives how many it got.
  /// Where it got none, the freed block's name stays and must not be used.
  @inline(never)
  static func replace(
    _ subject: borrowing Subject, _ blocks: UnsafeMutableBufferPointer<Subject.Block>,
    _ order: Order, core: Int
  ) -> Int {
    var index = 0
    while index < blocks.count {
      unsafe subject.free(blocks[index], order, core: core)
      framelab_compiler_barrier()
      guard let block = subject.allocate(order, core: core) else { break }
      unsafe blocks[index] = block
      framelab_compiler_barrier()
      index &+= 1
    }
    return index
  }
}
