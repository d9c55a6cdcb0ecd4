public import MemoryUnits

/// The answer for one zone, or for several together: compaction moves pages inside a zone only, so the
/// figures of zones add up.
public struct ZoneAvailability: Hashable, Sendable {
  /// Nil for several together.
  public var node: Int?
  /// Linux's name of the zone; `all` for several together.
  public var name: String
  /// Frames by state, without the states that do not occur; nil when only free lists are known.
  public var frames: [FrameState: UInt64]?
  /// Frames in free blocks.
  public var freeFrames: UInt64
  /// Free frames that cores hold back, as far as the source knows how many.
  public var heldFrames: UInt64?
  /// What Linux leaves free; nil when the source has no watermarks.
  public var limits: LinuxLimits?
  /// Orders 3...18, as far as the source knows anything of them.
  public var orders: [OrderAvailability]

  public subscript(order: Order) -> OrderAvailability? { orders.first { $0.order == order } }

  /// From a scan over all frames of the zone.
  ///
  /// - Parameters:
  ///   - heldFrames: held by cores, where a source counts them without telling which they are: they are
  ///     among the unknown frames.
  ///   - owners: who owns the frames that stay, where that is known.
  public init(
    _ scan: AvailabilityScan, node: Int = 0, name: String, limits: LinuxLimits?,
    heldFrames: UInt64? = nil, owners: BlockerOwners? = nil
  ) {
    self.node = node
    self.name = name
    self.limits = limits
    var frames: [FrameState: UInt64] = [:]
    for state in FrameState.allCases where scan.frames[Int(state.rawValue)] > 0 {
      frames[state] = scan.frames[Int(state.rawValue)]
    }
    self.frames = frames
    freeFrames = frames[.free] ?? 0
    let unplaced = min(heldFrames ?? 0, frames[.unknown] ?? 0)
    self.heldFrames = (frames[.heldByCore] ?? 0) + (heldFrames ?? 0)
    let zone = ZoneFrames(frames, unplaced: unplaced, limits, scan)
    orders = scan.blocks().map { zone.availability($0, owners) }
  }

  /// From the free lists alone: what is available now, up to the largest order that they have.
  public init(
    _ areas: FreeAreas, node: Int = 0, name: String, limits: LinuxLimits? = nil,
    heldFrames: UInt64? = nil
  ) {
    self.node = node
    self.name = name
    self.limits = limits
    self.heldFrames = heldFrames
    freeFrames = areas.freeFrames
    orders = AvailabilityScan.orders.compactMap { order in
      guard let now = areas.available(Order(order)) else { return nil }
      var availability = OrderAvailability(Order(order))
      availability.now = now
      return availability
    }
  }
}
