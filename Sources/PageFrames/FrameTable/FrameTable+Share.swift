internal import CHardware
public import MemoryUnits

extension FrameTable {
  /// `share` for each of many frames; returns how many of them are of the page cache.
  ///
  /// Frames of neighbouring pages lie anywhere: each descriptor is asked for some frames before.
  public mutating func share(_ frames: [FrameNumber]) -> Int {
    var files = 0
    for index in frames.indices {
      let ahead = frames[min(index &+ 64, frames.count &- 1)].index
      if ahead < frameCount {
        // In bounds by the comparison.
        unsafe framelab_prefetch(descriptors.baseAddress.unsafelyUnwrapped + ahead)
      }
      if share(frames[index]) == .fileCache { files &+= 1 }
    }
    return files
  }
}
