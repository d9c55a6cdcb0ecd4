import CFrameAllocator
import MemoryUnits
import PageFrames

// libframelab-rowbuddy.so: the allocator for real threads, with up to 1024 cores.

typealias ExportedAllocator = RowBuddy<NoSteps>

extension RowBuddy<NoSteps> {
  static var exportedName: StaticString { "RowBuddy library" }

  static var capabilities: UInt64 {
    FRAMELAB_THREADS | FRAMELAB_PARTIAL_FREE | FRAMELAB_CLAIM | FRAMELAB_RELEASE
      | FRAMELAB_IS_FREE | FRAMELAB_COUNTS | FRAMELAB_DRAIN | FRAMELAB_HOLES
  }

  static var largestCoreCount: Int { 1024 }

  static func make(_ range: FrameRange, cores: Int) -> RowBuddy<NoSteps> {
    RowBuddy(range, coreCount: cores)
  }
}
