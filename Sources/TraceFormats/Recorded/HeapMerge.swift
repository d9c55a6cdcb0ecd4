/// Makes one trace out of the events of all threads: in order of time, objects named by slots instead
/// of addresses, never one address live twice.
///
/// Memory is released before its stamp `release` and handed out before its stamp `allocate`, so the
/// order of the stamps is right, but for two things: stamps are quantized, and the cycle counters of
/// two cores may differ a little. Where the order of two threads turns out to be impossible (an
/// address handed out that is still live, an object released that is not yet there), the other
/// thread's events up to the one that is missing go first, if it comes within `toleranceStamps`.
struct HeapMerge: ~Copyable {
  private(set) var records: [HeapRecord] = []
  private(set) var slotCount: UInt32 = 0
  private(set) var threadCount = 0
  /// Places where another thread's events had to go first.
  private(set) var reordered = 0
  /// Addresses handed out while they were live, with no release in sight: it was lost.
  private(set) var lostReleases = 0
  /// Releases of objects that nothing is known of.
  private(set) var unknownReleases = 0

  private(set) var largestSize: UInt64 = 0

  private let clock: HeapClock
  private let toleranceStamps: UInt64
  private var table = AddressTable()
  private var mappings = MappingTable()
  private var freeSlots: [UInt32] = []
  private var streams: [HeapStream]
  private var lastNs: UInt64 = 0

  /// How many events of another thread are looked through for a missing one.
  private static let mostPeeked = 64

  init(streams: [HeapStream], clock: HeapClock, toleranceStamps: UInt64, events: Int) {
    self.streams = streams
    self.clock = clock
    self.toleranceStamps = toleranceStamps
    records.reserveCapacity(events)
  }

  /// Merges everything. Called once.
  mutating func run() {
    var queue = StreamQueue(streams: streams)
    while let index = queue.first {
      guard let head = streams[index].head else {
        queue.removeFirst()
        continue
      }
      // Events that went first out of turn leave an old stamp in the queue.
      if head.stamp > queue.firstStamp {
        queue.updateFirst(head.stamp)
        continue
      }
      let limit = queue.secondStamp
      while let event = streams[index].head, event.stamp <= limit {
        step(index, event, mayReorder: true)
      }
      if let stamp = streams[index].head?.stamp {
        queue.updateFirst(stamp)
      } else {
        queue.removeFirst()
      }
    }
  }

  /// Where columns turned out to be malformed.
  var malformedPlaces: [String] { streams.compactMap(\.malformedPlace) }

  /// Applies the head of stream `index` and moves the stream on.
  @inline(__always)
  private mutating func step(_ index: Int, _ event: HeapEvent, mayReorder: Bool) {
    switch event.code {
    case 1, 2: allocate(index, event, mayReorder)
    case 3: release(index, event, mayReorder)
    default: other(index, event, mayReorder)
    }
    streams[index].advance()
  }

  @inline(__always)
  private mutating func allocate(_ index: Int, _ event: HeapEvent, _ mayReorder: Bool) {
    if table.slot(at: event.address) != nil { makeRoom(at: event, index, mayReorder) }
    let slot = takeSlot()
    if event.address != 0 { table.insert(event.address, slot: slot) }
    emit(
      event.code == 2 ? .allocateZeroed : .allocate, slot, event.size, event.stamp, index,
      event.alignmentShift)
  }

  @inline(__always)
  private mutating func release(_ index: Int, _ event: HeapEvent, _ mayReorder: Bool) {
    guard let slot = find(event, index, mayReorder) else {
      unknownReleases += 1
      return
    }
    emit(.free, slot, 0, event.stamp, index)
    freeSlots.append(slot)
  }

  @inline(never)
  private mutating func other(_ index: Int, _ event: HeapEvent, _ mayReorder: Bool) {
    switch HeapEventOperation(rawValue: event.code) {
    case .reallocateBegin:
      let slot = find(event, index, mayReorder)
      if slot == nil { unknownReleases += 1 }
      streams[index].inFlight = .object(slot: slot, address: event.address)
    case .reallocateEnd: reallocate(index, event, mayReorder)
    case .reallocateFailed:
      if case .object(let slot?, let address) = streams[index].inFlight {
        if table.slot(at: address) != nil { makeRoom(at: event, index, mayReorder) }
        table.insert(address, slot: slot)
      }
      streams[index].inFlight = .nothing
    case .map, .reserve: map(index, event)
    case .unmap:
      if let range = pages(event.address, event.size) { unmap(index, range, event.stamp) }
    case .remapBegin:
      streams[index].inFlight = .mapping(start: event.address, size: event.size)
    case .remapEnd: remap(index, event)
    case .open: open(index, event)
    case .allocate, .allocateZeroed, .release, nil: break
    }
  }

  private mutating func reallocate(_ index: Int, _ event: HeapEvent, _ mayReorder: Bool) {
    var known: UInt32?
    if case .object(let slot, _) = streams[index].inFlight { known = slot }
    streams[index].inFlight = .nothing
    if event.address == 0 {
      guard let slot = known else { return }
      emit(.free, slot, 0, event.stamp, index)
      freeSlots.append(slot)
      return
    }
    if table.slot(at: event.address) != nil { makeRoom(at: event, index, mayReorder) }
    let slot = known ?? takeSlot()
    table.insert(event.address, slot: slot)
    emit(known == nil ? .allocate : .reallocate, slot, event.size, event.stamp, index)
  }

  // MARK: Impossible orders

  /// Takes the object at the event's address out of the table; lets another thread go first when it
  /// is about to allocate it.
  @inline(__always)
  private mutating func find(_ event: HeapEvent, _ index: Int, _ mayReorder: Bool) -> UInt32? {
    if let slot = table.remove(event.address) { return slot }
    if mayReorder, streams.count > 1, letGoFirst(event, index, releasing: false) {
      return table.remove(event.address)
    }
    return nil
  }

  /// The event hands out an address that is live: makes it free.
  @inline(never)
  private mutating func makeRoom(at event: HeapEvent, _ index: Int, _ mayReorder: Bool) {
    if mayReorder, streams.count > 1, letGoFirst(event, index, releasing: true),
      table.slot(at: event.address) == nil
    {
      return
    }
    guard let slot = table.remove(event.address) else { return }
    lostReleases += 1
    emit(.free, slot, 0, event.stamp, index)
    freeSlots.append(slot)
  }

  /// Applies the events of another thread up to the one that releases (or allocates) the address of
  /// `event`, if one does within the tolerance.
  @inline(never)
  private mutating func letGoFirst(
    _ event: HeapEvent, _ index: Int, releasing: Bool
  ) -> Bool {
    for other in streams.indices where other != index {
      for distance in 0..<Self.mostPeeked {
        guard let next = streams[other].peek(distance),
          next.stamp <= event.stamp &+ toleranceStamps
        else { break }
        let matches =
          releasing ? next.code == 3 || next.code == 4 : next.code <= 2 || next.code == 5
        guard next.address == event.address, matches else { continue }
        for _ in 0...distance {
          guard let event = streams[other].head else { break }
          step(other, event, mayReorder: false)
        }
        reordered += 1
        return true
      }
    }
    return false
  }

  // MARK: Mappings

  private mutating func map(_ index: Int, _ event: HeapEvent) {
    guard let range = pages(event.address, event.size) else { return }
    // A mapping where one is known already: its end was lost.
    unmap(index, range, event.stamp)
    let slot = event.code == HeapEventOperation.map.rawValue ? takeSlot() : nil
    mappings.insert(.init(start: range.lowerBound, end: range.upperBound, slot: slot))
    if let slot { emit(.map, slot, UInt64(range.count), event.stamp, index) }
  }

  private mutating func unmap(_ index: Int, _ range: Range<UInt64>, _ stamp: UInt64) {
    let first = slotCount
    var fresh = [UInt32]()
    let cuts = mappings.cut(from: range.lowerBound, to: range.upperBound) { high in
      // At most one mapping has the range in its middle.
      guard high.slot != nil else { return nil }
      fresh.append(freeSlots.last ?? first)
      return fresh.last
    }
    if !fresh.isEmpty { _ = takeSlot() }
    for cut in cuts {
      guard let slot = cut.before.slot else { continue }
      if let rest = cut.low ?? cut.high {
        emit(.remap, slot, rest.size, stamp, index)
      } else {
        emit(.unmap, slot, 0, stamp, index)
        freeSlots.append(slot)
      }
      if cut.low != nil, let high = cut.high, let slot = high.slot {
        emit(.map, slot, high.size, stamp, index)
      }
    }
  }

  private mutating func remap(_ index: Int, _ event: HeapEvent) {
    guard case .mapping(let start, let size) = streams[index].inFlight else { return }
    streams[index].inFlight = .nothing
    guard let new = pages(event.address, event.size) else { return }
    // Old size 0 asks for a second mapping of the same pages.
    let old = pages(start, max(size, 1)) ?? new
    if let mapping = mappings.exact(from: old.lowerBound, to: old.upperBound), size > 0 {
      _ = mappings.cut(from: old.lowerBound, to: old.upperBound) { _ in nil }
      unmap(index, new, event.stamp)
      mappings.insert(.init(start: new.lowerBound, end: new.upperBound, slot: mapping.slot))
      if let slot = mapping.slot { emit(.remap, slot, UInt64(new.count), event.stamp, index) }
    } else if mappings.isMapped(from: old.lowerBound, to: old.upperBound) {
      // A part of a mapping, or a copy of it, becomes a mapping of its own.
      if size > 0 { unmap(index, old, event.stamp) }
      unmap(index, new, event.stamp)
      let slot = takeSlot()
      mappings.insert(.init(start: new.lowerBound, end: new.upperBound, slot: slot))
      emit(.map, slot, UInt64(new.count), event.stamp, index)
    }
    // Mappings of files were never known here and do not become known.
  }

  private mutating func open(_ index: Int, _ event: HeapEvent) {
    guard let range = pages(event.address, event.size) else { return }
    for piece in mappings.reserved(from: range.lowerBound, to: range.upperBound) {
      _ = mappings.cut(from: piece.start, to: piece.end) { _ in nil }
      let slot = takeSlot()
      mappings.insert(.init(start: piece.start, end: piece.end, slot: slot))
      emit(.map, slot, piece.size, event.stamp, index)
    }
  }

  /// The whole pages that the kernel maps for a request; nil for none and for impossible ones.
  private func pages(_ start: UInt64, _ size: UInt64) -> Range<UInt64>? {
    guard size > 0, start < 1 << 62, size < 1 << 62 else { return nil }
    return start..<(start + size + 4095) & ~4095
  }

  // MARK: Records

  @inline(__always)
  private mutating func takeSlot() -> UInt32 {
    if let slot = freeSlots.popLast() { return slot }
    slotCount += 1
    return slotCount - 1
  }

  @inline(__always)
  private mutating func emit(
    _ operation: HeapOperation, _ slot: UInt32, _ size: UInt64, _ stamp: UInt64, _ index: Int,
    _ alignmentShift: UInt8 = 0
  ) {
    // Events that went first out of turn took the time with them.
    lastNs = max(lastNs, clock.ns(stamp))
    largestSize = max(largestSize, size)
    let number = streams[index].number ?? numberThread(index)
    records.append(
      HeapRecord(
        operation, slot: slot, size: size, timeNs: lastNs, thread: number,
        alignmentShift: alignmentShift))
  }

  @inline(never)
  private mutating func numberThread(_ index: Int) -> UInt16 {
    let number = UInt16(clamping: threadCount)
    streams[index].number = number
    threadCount += 1
    return number
  }
}
