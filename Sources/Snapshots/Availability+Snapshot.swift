package import Fragmentation
internal import MemoryUnits
package import TraceFormats

extension Availability {
  /// The answer for a snapshot.
  package init(_ snapshot: FrameSnapshot) {
    self.init(zones: snapshot.zones.map { ZoneAvailability($0, snapshot.ownerNames) })
  }
}

extension ZoneAvailability {
  init(_ zone: FrameSnapshot.Zone, _ names: [String]) {
    var limits: LinuxLimits?
    if let min = zone.watermarkMin, let low = zone.watermarkLow {
      limits = LinuxLimits(min: min, low: low)
    }
    guard !zone.states.isEmpty else {
      self.init(
        FreeAreas(blocks: zone.freeBlocks ?? []), node: zone.node, name: zone.name, limits: limits,
        heldFrames: zone.heldFrames)
      return
    }
    var scan = AvailabilityScan()
    scan.add(zone.states, start: zone.start)
    var owners: BlockerOwners?
    if !zone.owners.isEmpty {
      var census = BlockerOwners(zone.range, names: names)
      census.add(zone.states, owners: zone.owners, start: zone.start)
      owners = census
    }
    self.init(
      scan, node: zone.node, name: zone.name, limits: limits, heldFrames: zone.heldFrames,
      owners: owners)
  }
}

extension FrameSnapshot {
  /// The zones whose frames are known, as a plan needs them, and the index of each in the snapshot.
  package var planZones: [PlanZone] {
    zones.map { PlanZone(start: $0.start, states: $0.states) }
  }
}
