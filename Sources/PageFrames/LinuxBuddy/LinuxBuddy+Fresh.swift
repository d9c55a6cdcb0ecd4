import MemoryUnits

extension LinuxBuddy {
  /// Lists what lies before and behind the whole blocks of a zone that was just made.
  mutating func listOddEnds(_ zone: Int) {
    let fresh = unsafe zones[zone].fresh
    unsafe list(zone, zones[zone].start..<fresh.lowerBound)
    unsafe list(zone, fresh.upperBound..<zones[zone].end)
  }

  /// Lists frames that are in no block as the largest blocks that fit, the lowest first in each list.
  private func list(_ zone: Int, _ frames: Range<Int>) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let type = unsafe zones[zone].freshType
    var frame = frames.lowerBound
    while frame < frames.upperBound {
      let fit = Int.bitWidth - 1 - (frames.upperBound - frame).leadingZeroBitCount
      let aligned = frame == 0 ? Order.maximum.index : frame.trailingZeroBitCount
      let order = min(aligned, fit, Order.maximum.index)
      unsafe zones[zone].lists.insert(frame, order, type, atTail: true, &pages)
      frame += 1 << order
    }
  }

  /// Lists all fresh blocks below a frame and the one that contains the frame before it. They stand
  /// behind all listed blocks of their list, where Linux puts what it gets at boot.
  func listFresh(_ zone: Int, below frame: Int) {
    let size = Order.maximum.frameCount
    let fresh = unsafe zones[zone].fresh
    let end = min((frame + size - 1) & -size, fresh.upperBound)
    guard end > fresh.lowerBound else { return }
    unsafe zones[zone].lists.frames[zones[zone].freshType] -= end - fresh.lowerBound
    list(zone, fresh.lowerBound..<end)
    unsafe zones[zone].fresh = end..<fresh.upperBound
  }

  @inlinable
  func isFresh(_ frame: Int) -> Bool {
    for zone in 0..<zoneCount where unsafe zones[zone].fresh.contains(frame) { return true }
    return false
  }

  @inlinable
  func zoneIndex(of frame: Int) -> Int {
    var zone = 0
    while zone &+ 1 < zoneCount, unsafe frame >= zones[zone].end { zone &+= 1 }
    return zone
  }
}
