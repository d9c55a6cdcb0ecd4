import CFrameAllocator
import MemoryUnits
import PageFrames

// libframelab-listbuddy.so: the buddy system as Linux has it, for one thread.

typealias ExportedAllocator = ListBuddy<NoObserver>

extension ListBuddy<NoObserver> {
  static var exportedName: StaticString { "ListBuddy library" }

  static var capabilities: UInt64 {
    FRAMELAB_PARTIAL_FREE | FRAMELAB_CLAIM | FRAMELAB_RELEASE | FRAMELAB_IS_FREE | FRAMELAB_COUNTS
      | FRAMELAB_DRAIN | FRAMELAB_HOLES
  }

  static var largestCoreCount: Int { .max }

  /// All of `range` free. The table reaches from frame 0 and costs memory only inside of `range`.
  static func make(_ range: FrameRange, cores: Int) -> ListBuddy<NoObserver> {
    let table = FrameTable(frameCount: range.start.index + range.count)
    return ListBuddy(range, in: table)
  }

  var metadataBytes: Int { range.count * 32 + MemoryLayout<Self>.size }
}
