import MemoryUnits

extension LinuxBuddy {
  public func validate() {
    var listed = 0
    for zone in 0..<zoneCount {
      validate(zone)
      listed += unsafe zones[zone].listed
    }
    var held = 0
    for core in 0..<coreCount {
      for zone in 0..<zoneCount { held += validateCache(zone, core) }
    }
    guard listed + held == freeCount else { broken("a wrong count of free frames", freeCount, 0) }
    var marked = 0
    var frame = range.start.index
    while frame < range.start.index + range.count {
      if isFresh(frame) {
        frame += Order.maximum.frameCount
        continue
      }
      if mark(frame).isHeld { marked += 1 << mark(frame).order }
      frame += 1 << mark(frame).order
    }
    guard marked == held else { broken("a wrong count of held frames", marked, 0) }
    validateReserves()
    validateSeparation()
  }

  /// Walks over a zone: blocks tile it, free buddies that may merge have merged, and every free block is
  /// in the list of its pageblocks' type.
  private func validate(_ zone: Int) {
    let state = unsafe zones[zone]
    var blocks = InlineArray<77, UInt32>(repeating: 0)
    var frames = InlineArray<7, Int>(repeating: 0)
    frames[state.freshType] = state.fresh.count
    var frame = state.start
    while frame < state.end {
      if state.fresh.contains(frame) {
        validateTypes(frame, Order.maximum.index, state.freshType)
        frame += Order.maximum.frameCount
        continue
      }
      let mark = mark(frame)
      let order = mark.order
      guard mark != .none else { broken("a frame in no block", frame, 0) }
      guard order >= 0, order < Order.allocatorCount,
        FrameNumber(frame).isAligned(to: Order(order)),
        frame + 1 << order <= state.end
      else { broken("a misplaced block", frame, order) }
      for inner in frame + 1..<frame + 1 << order where self.mark(inner) != .none {
        broken("a block inside a block", inner, order)
      }
      if mark.isFree {
        guard mark.type < LinuxLists.typeCount else { broken("a block of no type", frame, order) }
        blocks[LinuxLists.index(order, mark.type)] += 1
        frames[mark.type] += 1 << order
        validateTypes(frame, order, mark.type)
        validateBuddy(state, frame, order)
      }
      frame += 1 << order
    }
    for type in 0..<LinuxLists.typeCount where state.lists.frames[type] != frames[type] {
      broken("a wrong count of free frames of a type", state.lists.frames[type], type)
    }
    for list in 0..<LinuxLists.count { validateList(state, list, blocks[list]) }
  }

  private func validateTypes(_ frame: Int, _ order: Int, _ type: Int) {
    guard policy.fallback != .movesPages else { return }
    for part in stride(from: frame, to: frame + 1 << order, by: 1 << pageblockOrder)
    where pageblockType(part) != type {
      broken("a free block in the list of another type", part, order)
    }
  }

  private func validateBuddy(_ state: LinuxZone, _ frame: Int, _ order: Int) {
    let buddy = frame ^ 1 << order
    guard order < Order.maximum.index, state.contains(buddy), !state.fresh.contains(buddy),
      mark(buddy).isFree, mark(buddy).order == order
    else { return }
    let limit = Int(Migratetype.isolatedFrom)
    let types = (pageblockType(frame), pageblockType(buddy))
    if order >= pageblockOrder, isBorder(types.0, types.1) { return }
    if order < pageblockOrder || types.0 == types.1 || types.0 < limit && types.1 < limit {
      broken("a free block beside its free buddy", frame, order)
    }
  }

  /// `expected` blocks of a list were found by walking over memory.
  private func validateList(_ state: LinuxZone, _ list: Int, _ expected: UInt32) {
    let order = list % 11
    guard state.lists.counts[list] == expected,
      (state.lists.orders[list / 11] >> UInt32(order) & 1 == 1) == (expected > 0)
    else { broken("a wrong count of free blocks", Int(state.lists.counts[list]), order) }
    var length: UInt32 = 0
    var previous = PageDescriptor.noFrame
    var frame = state.lists.heads[list]
    while frame != PageDescriptor.noFrame {
      guard length < expected, state.contains(Int(frame)),
        page(frame).block == .free(order, list / 11), page(frame).previous == previous
      else { broken("a broken free list", Int(frame), order) }
      length += 1
      previous = frame
      frame = page(frame).next
    }
    guard length == expected, state.lists.tails[list] == previous else {
      broken("a short free list", Int(length), order)
    }
  }

  /// The lists of one core against their count; returns the frames in them.
  private func validateCache(_ zone: Int, _ core: Int) -> Int {
    let cache = unsafe caches[core * zoneCount + zone]
    var frames = 0
    for list in 0..<CoreCache.listCount {
      let order = cacheOrder(list)
      var last = PageDescriptor.noFrame
      var frame = cache.heads[list]
      while frame != PageDescriptor.noFrame {
        guard frames < cache.count, unsafe zones[zone].contains(Int(frame)),
          page(frame).block == .held(order),
          last == PageDescriptor.noFrame || page(frame).previous == last
        else { broken("a broken list of a core", Int(frame), order) }
        frames += 1 << order
        last = frame
        frame = page(frame).next
      }
      guard cache.tails[list] == last else { broken("a short list of a core", Int(last), order) }
    }
    guard frames == cache.count else { broken("a wrong count of a core's frames", frames, core) }
    return frames
  }

  /// The high-atomic reserve is its pageblocks.
  private func validateReserves() {
    var reserved = 0
    for zone in 0..<zoneCount { reserved += unsafe zones[zone].reservedHighAtomic }
    var found = 0
    for index in 0..<typeCount {
      let type = unsafe types[index] & 7
      if type == Migratetype.highAtomic.rawValue { found += 1 << pageblockOrder }
      guard type < LinuxLists.typeCount else {
        broken("a pageblock of no type", (firstPageblock + index) << pageblockOrder, 0)
      }
    }
    guard reserved == found else { broken("a wrong high-atomic reserve", reserved, 0) }
  }

  private func page(_ frame: UInt32) -> PageDescriptor {
    let descriptors = unsafe self.descriptors
    return unsafe descriptors.span[Int(frame)]
  }

  private func broken(_ what: StaticString, _ frame: Int, _ order: Int) -> Never {
    frameFault(what, frame: frame, order: order)
  }
}
