/// What the figure of a row asks of the hardware by the allocator's own design, per operation of the
/// figure (a pair counts as one).
package struct FloorDemand: Hashable, Sendable {
  /// Accesses at random places of an area.
  package struct Accesses: Hashable, Sendable {
    package var count: Double
    /// Bytes over which they are spread.
    package var footprint: Double

    package init(_ count: Double, over footprint: Double) {
      self.count = count
      self.footprint = footprint
    }
  }

  /// Atomic read-modify-write operations, locks taken included.
  package var atomics: Double
  /// Accesses at random places among atomics, those of the atomics themselves or between them: a miss
  /// costs what it costs `lock xadd` on random lines. The next address is known, so misses overlap.
  package var locked: [Accesses]
  /// Accesses at random places without atomics around them.
  package var plain: [Accesses]

  package init(atomics: Double, locked: [Accesses] = [], plain: [Accesses] = []) {
    self.atomics = atomics
    self.locked = locked
    self.plain = plain
  }

  /// Expected misses of the first level.
  func misses(_ caches: CacheSizes) -> Double {
    (locked + plain).reduce(0) { sum, accesses in
      let shares = caches.shares(accesses.footprint)
      return sum + accesses.count * (shares.l2 + shares.l3 + shares.memory)
    }
  }

  /// What they cost beyond the atomics themselves.
  package func missesNs(_ floor: PrimitiveFloor) -> Double {
    func cost(_ accesses: [Accesses], _ levels: PrimitiveFloor.Levels) -> Double {
      accesses.reduce(0) { sum, accesses in
        sum + accesses.count * levels.excess(floor.caches.shares(accesses.footprint))
      }
    }
    return cost(locked, floor.locked) + cost(plain, floor.independent)
  }
}

extension Floor {
  /// Nil when neither a stack nor a demand is known, or the row has no figure.
  init?(
    _ row: BenchmarkRow, stack: BenchmarkRow?, demand: FloorDemand?, primitives: PrimitiveFloor
  ) {
    guard let figure = row.figureNs?.min else { return nil }
    self.init(
      figureNs: figure, stackNs: stack?.figureNs?.min, demand: demand, primitives: primitives)
  }

  package init?(
    figureNs: Double, stackNs: Double?, demand: FloorDemand?, primitives: PrimitiveFloor
  ) {
    self.stackNs = stackNs
    var terms: Double?
    if let demand {
      atomics = demand.atomics
      // The cheapest read-modify-write: which one the allocator uses is its choice.
      let cost = demand.atomics * Swift.min(primitives.addNs, primitives.exchangeNs)
      let missing = demand.missesNs(primitives)
      atomicsNs = cost
      misses = demand.misses(primitives.caches)
      missesNs = missing
      terms = cost + missing
    }
    guard let least = [stackNs, terms].compactMap({ $0 }).max(), least > 0 else { return nil }
    floorNs = least
    ratio = figureNs / least
  }
}
