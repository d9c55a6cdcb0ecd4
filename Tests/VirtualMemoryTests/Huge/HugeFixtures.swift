import MemoryUnits
import PageFrames
import VirtualMemory

/// Pages of 2 MiB.
let hugeBytes: UInt64 = 2 << 20
/// An address aligned for them.
let hugeBase: UInt64 = 0x10_0000_0000

/// A machine with transparent huge pages.
func hugeMachine(
  frames: Int = 16_384, cores: Int = 1, swap: Int = 0,
  _ settings: TransparentHugePages = TransparentHugePages(),
  watermarks: Watermarks? = Watermarks(min: 32, low: 48, high: 64)
) -> Machine {
  var configuration = MachineConfiguration(
    frameCount: frames, coreCount: cores, watermarks: watermarks, swapPages: swap)
  configuration.transparentHugePages = settings
  return Machine(configuration)
}

/// Folios of some orders for all areas, and no pages of 2 MiB.
func sizedPages(
  _ orders: [Int], defrag: TransparentHugePages.Defrag = .madvise
) -> TransparentHugePages {
  var settings = TransparentHugePages(defrag: defrag)
  settings.sizes[9] = .never
  for order in orders { settings.sizes[order] = .always }
  return settings
}

extension Machine {
  /// Private anonymous memory of so many huge pages at `hugeBase`.
  @discardableResult
  mutating func mapHuge(_ task: TaskID, _ count: Int = 1) throws -> UInt64 {
    try mmap(
      task, at: hugeBase, length: UInt64(count) * hugeBytes, .readWrite,
      [.private, .anonymous, .fixed])
  }

  /// Leaves of 2 MiB of a task.
  func hugeLeaves(_ task: TaskID) -> Int { addressSpace(of: task)?.hugeLeaves ?? 0 }
}
