internal import Fragmentation
internal import MemoryUnits
internal import PageFrames
package import TraceFormats
package import VirtualMemory

extension Machine {
  /// The frames of the machine as they are now; nothing is said of their owners.
  package func snapshot(origin: String) -> FrameSnapshot {
    var states: [UInt8] = []
    fillStates(&states)
    var zone = FrameSnapshot.Zone(name: "Normal", start: FrameNumber(0), states: states)
    zone.watermarkMin = UInt64(watermarks.min)
    zone.watermarkLow = UInt64(watermarks.low)
    zone.freeBlocks = freeBlocksByOrder
    return FrameSnapshot(origin: origin, zones: [zone])
  }
}
