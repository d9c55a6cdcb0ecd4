internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Folios between 4 KiB and 2 MiB (Linux: multi-size THP), which 4 KiB leaves of one table map.
extension Machine {
  /// A folio of zeros for an anonymous page, of the highest order whose aligned block lies in the area and
  /// has no entry yet; of a lower one where there is no such block of frames or the group is at its limit
  /// (Linux: alloc_anon_folio in do_anonymous_page). Nil where the fault goes on with a page by itself.
  @inline(never)
  mutating func mapSmallFolio(
    _ space: SpaceID, _ area: Area, _ page: Int, _ orders: FolioOrders, isWritten: Bool
  ) -> PageOutcome? {
    guard let table = makeLeafTable(space, page) else { return .outOfMemory }
    var orders = orders
    skipOrders(&orders, area, page, table)
    guard !orders.isEmpty else { return nil }
    let effort = huge.settings?.effort(isAdvised: area.flags.contains(.hugePage)) ?? []
    while let order = orders.highest {
      switch takeFolio(space, area, page, Order(order), effort) {
      case .folio(let head):
        zero(head, Order(order))
        enterSmallFolio(space, area, page, table, head, isWritten: isWritten)
        huge.counters[order].anonFaultAlloc &+= 1
        return .done
      case .noFrame: break
      case .noCharge: huge.counters[order].anonFaultFallbackCharge &+= 1
      }
      huge.counters[order].anonFaultFallback &+= 1
      orders.remove(order)
    }
    return nil
  }

  /// Removes the orders above the highest that fits: a block that lies in the area and is empty has only
  /// such in it.
  private func skipOrders(
    _ orders: inout FolioOrders, _ area: Area, _ page: Int, _ table: FrameNumber
  ) {
    while let order = orders.highest {
      let count = 1 &<< order
      let first = page & -count
      if first >= area.start, first &+ count <= area.end,
        (0..<count).allSatisfy({ contents.entry(table, first & 511 &+ $0).isNone })
      {
        return
      }
      orders.remove(order)
    }
  }

  /// Maps a folio that only this address space has, to which the caller has the one reference, and for
  /// which there is room in the leaf table.
  private mutating func enterSmallFolio(
    _ space: SpaceID, _ area: Area, _ page: Int, _ table: FrameNumber, _ head: FrameNumber,
    isWritten: Bool
  ) {
    let area = spaces[space].areas.area(containing: page) ?? area
    let count = memory.frames.folioFrames(of: head)
    let first = page & -count
    memory.frames.set(.anonExclusive, of: head)
    var bits = bits(of: area, page, frame: head, isSpecial: false)
    bits.formUnion([.accessed, .folio])
    if isWritten, bits.contains(.writable) { bits.insert(.dirty) }
    for part in 0..<count {
      let frame = head.advanced(by: part)
      memory.frames.set(.anonExclusive, of: frame)
      memory.frames.mapPart(frame)
      let entry = PageTableEntry(frame, bits)
      contents.setEntry(entry, table, first & 511 &+ part)
      note(.entryWritten(page: first &+ part, entry))
    }
    memory.frames.addReferences(count - 1, to: head)
    memory.frames.addMappings(count, to: table)
    spaces[space].resident.anonymous += count
    elapsed += costs.entry * UInt64(count)
  }

  /// Fills a folio below 2 MiB with zeros.
  private mutating func zero(_ head: FrameNumber, _ order: Order) {
    for part in 0..<order.frameCount { contents.zero(head.advanced(by: part)) }
    counters.pagesZeroed &+= UInt64(order.frameCount)
    elapsed += costs.zeroPage * UInt64(order.frameCount)
    note(.frameZeroed(head))
  }
}

extension Area {
  /// Whether the aligned 2 MiB around a page lie in the area.
  func holdsBlock(_ page: Int) -> Bool {
    let first = page & ~511
    return first >= start && first + 512 <= end
  }
}
