internal import MemoryUnits
internal import PageFrames
import TraceFormats

/// The page-frame allocator as the program's heap: objects of a page and more are blocks of frames,
/// smaller ones lie in a slab. What a kernel does for its own memory, without page tables.
///
/// A block is as large as the next power of two of pages; above 4 MiB an object is made of as many
/// 4 MiB blocks as fit and one block for the rest. All requested bytes are backed at once, so the
/// touch model has no say. An object that finds no memory is counted and treated as never made.
struct DirectHeap<Allocator, Observer>: ~Copyable
where Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver {
  /// What a slot holds.
  struct Object {
    enum Kind: UInt8 {
      case none, small, block, several
    }
    var bytes: UInt64 = 0
    /// Of a small object its slab block, of a block its first frame.
    var place: UInt32 = 0
    /// Of a small object its index in the slab block.
    var index: UInt16 = 0
    /// Of a small object its class, of a block its order.
    var size: UInt8 = 0
    var kind = Kind.none
  }

  var memory: PhysicalMemory<Allocator, Observer>
  let slotsPerInstance: Int
  var objects: ContiguousArray<Object>
  var slab = Slab()
  /// Blocks of the objects above 4 MiB, by index in `objects`.
  var pieces: [Int: [(FrameNumber, Order)]] = [:]
  let classTable = SlabClass.byEighth

  var liveBytes: UInt64 = 0
  var allocations: UInt64 = 0
  var failedAllocations: UInt64 = 0

  init(
    memory: consuming PhysicalMemory<Allocator, Observer>, instances: Int, slotsPerInstance: Int
  ) {
    self.memory = memory
    self.slotsPerInstance = slotsPerInstance
    objects = ContiguousArray(repeating: Object(), count: instances * slotsPerInstance)
  }

  /// Gives an object of `bytes` to a slot that holds none.
  mutating func place(
    _ slot: Int, bytes: UInt64, alignmentShift: UInt8, group: UInt16
  ) {
    guard let object = make(slot, bytes: bytes, alignmentShift: alignmentShift, group: group) else {
      failedAllocations += 1
      return
    }
    allocations += 1
    liveBytes += bytes
    objects[slot] = object
  }

  /// Empties a slot; one that holds nothing, because its allocation failed, stays as it is.
  mutating func remove(_ slot: Int) {
    let object = objects[slot]
    guard object.kind != .none else { return }
    objects[slot] = Object()
    liveBytes -= object.bytes
    release(object, pieces: object.kind == .several ? pieces.removeValue(forKey: slot) ?? [] : [])
  }

  /// Changes the size of the object in a slot: in place when class or order stay, else by a new
  /// object before the old one goes, as a copy needs both. Without memory the old object stays.
  mutating func resize(_ slot: Int, bytes: UInt64, group: UInt16) {
    let old = objects[slot]
    guard old.kind != .none else {
      place(slot, bytes: bytes, alignmentShift: 0, group: group)
      return
    }
    if fits(old, bytes: bytes) {
      liveBytes = liveBytes - old.bytes + bytes
      objects[slot].bytes = bytes
      return
    }
    let oldPieces = pieces.removeValue(forKey: slot) ?? []
    guard let new = make(slot, bytes: bytes, alignmentShift: 0, group: group) else {
      if !oldPieces.isEmpty { pieces[slot] = oldPieces }
      failedAllocations += 1
      return
    }
    allocations += 1
    liveBytes = liveBytes - old.bytes + bytes
    objects[slot] = new
    release(old, pieces: oldPieces)
  }

  /// Whether the object's memory is what a new object of `bytes` would get.
  private func fits(_ object: Object, bytes: UInt64) -> Bool {
    switch object.kind {
    case .small:
      SlabClass.index(size: bytes, alignmentShift: 0, table: classTable) == Int(object.size)
    case .block:
      bytes >= UInt64(SlabClass.limitBytes) && bytes <= Order.maximum.bytes.rawValue
        && Order.covering(frames: ByteCount(Int(bytes)).frames).rawValue == object.size
    case .none, .several: false
    }
  }

  private mutating func make(
    _ slot: Int, bytes: UInt64, alignmentShift: UInt8, group: UInt16
  ) -> Object? {
    if let classIndex = SlabClass.index(
      size: bytes, alignmentShift: alignmentShift, table: classTable)
    {
      guard let place = slab.allocate(classIndex: classIndex, group: group, from: &memory) else {
        return nil
      }
      return Object(
        bytes: bytes, place: place.block, index: place.index, size: UInt8(classIndex), kind: .small)
    }
    // A request beyond the machine cannot be represented as a block count, and cannot be served.
    guard bytes >> 12 < UInt64(memory.range.count) else { return nil }
    let frames = ByteCount(Int(bytes)).frames
    let order = max(
      Order.covering(frames: frames), Order(max(Int(alignmentShift) - 12, 0)))
    if order <= .maximum {
      guard let frame = takeBlock(order, group: group) else { return nil }
      return Object(bytes: bytes, place: frame.rawValue, size: order.rawValue, kind: .block)
    }
    guard let taken = takeBlocks(frames: frames, group: group) else { return nil }
    pieces[slot] = taken
    return Object(bytes: bytes, kind: .several)
  }

  private mutating func takeBlock(_ order: Order, group: UInt16) -> FrameNumber? {
    memory.allocate(order, .movable, owner: FrameOwner(state: .movable, group: group))
  }

  private mutating func takeBlocks(frames: Int, group: UInt16) -> [(FrameNumber, Order)]? {
    var taken: [(FrameNumber, Order)] = []
    var left = frames
    while left > 0 {
      let order = min(Order.covering(frames: left), .maximum)
      guard let frame = takeBlock(order, group: group) else {
        for (frame, order) in taken { memory.free(frame, order) }
        return nil
      }
      taken.append((frame, order))
      left -= order.frameCount
    }
    return taken
  }

  private mutating func release(_ object: Object, pieces: [(FrameNumber, Order)]) {
    switch object.kind {
    case .none: break
    case .small: slab.free(Slab.Place(block: object.place, index: object.index), to: &memory)
    case .block:
      memory.free(
        FrameNumber(rawValue: object.place), Order(rawValue: object.size))
    case .several:
      for (frame, order) in pieces { memory.free(frame, order) }
    }
  }
}
