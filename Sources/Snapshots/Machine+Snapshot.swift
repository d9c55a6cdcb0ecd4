internal import Fragmentation
package import MemoryUnits
package import PageFrames
package import TraceFormats
package import VirtualMemory

extension Machine {
  /// The frames of the machine as they are now.
  ///
  /// - Parameter ownerName: what is said of a frame that stays where it is; nil when nothing is known.
  package func snapshot(
    origin: String, ownerName: (FrameNumber, FrameOwner) -> String?
  ) -> FrameSnapshot {
    var snapshot = FrameSnapshot(origin: origin)
    var states: [UInt8] = []
    fillStates(&states)
    var zone = FrameSnapshot.Zone(name: "Normal", start: FrameNumber(0), states: states)
    zone.watermarkMin = UInt64(watermarks.min)
    zone.watermarkLow = UInt64(watermarks.low)
    zone.freeBlocks = freeBlocksByOrder
    var owners = [UInt16](repeating: 0, count: states.count)
    var numbers: [String: UInt16] = [:]
    for index in states.indices where FrameState(rawValue: states[index])?.isBlocking ?? true {
      let frame = FrameNumber(index)
      guard let name = ownerName(frame, owner(of: frame)) else { continue }
      if numbers[name] == nil, snapshot.ownerNames.count < 1 << 16 {
        numbers[name] = UInt16(snapshot.ownerNames.count)
        snapshot.ownerNames.append(name)
      }
      owners[index] = numbers[name] ?? 0
    }
    if !numbers.isEmpty { zone.owners = owners }
    snapshot.zones = [zone]
    return snapshot
  }
}
