internal import Fragmentation
package import MemoryUnits
package import TraceFormats

extension FrameSnapshot {
  /// Names the owners of the frames that stay where they are: nobody asks who has the others.
  ///
  /// - Parameter name: nil where nobody is known.
  package mutating func nameOwners(_ name: (FrameNumber) -> String?) {
    var numbers: [String: UInt16] = [:]
    for index in zones.indices {
      let zone = zones[index]
      var owners = [UInt16](repeating: 0, count: zone.states.count)
      for frame in zone.states.indices
      where FrameState(rawValue: zone.states[frame])?.isBlocking ?? true {
        guard let name = name(zone.start.advanced(by: frame)) else { continue }
        if numbers[name] == nil, ownerNames.count < 1 << 16 {
          numbers[name] = UInt16(ownerNames.count)
          ownerNames.append(name)
        }
        owners[frame] = numbers[name] ?? 0
      }
      if !numbers.isEmpty { zones[index].owners = owners }
    }
  }
}
