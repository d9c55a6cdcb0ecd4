import CFrameAllocator
import MemoryUnits
import PageFrames

// libframelab-listbuddy.so: the buddy system as Linux has it, behind one lock.

typealias ExportedAllocator = LockedListBuddy

extension LockedListBuddy {
  static var exportedName: StaticString { "ListBuddy + lock library" }

  static var capabilities: UInt64 {
    FRAMELAB_THREADS | FRAMELAB_PARTIAL_FREE | FRAMELAB_CLAIM | FRAMELAB_RELEASE
      | FRAMELAB_IS_FREE | FRAMELAB_COUNTS | FRAMELAB_DRAIN | FRAMELAB_HOLES
  }

  static var largestCoreCount: Int { .max }

  /// All of `range` free. The table reaches from frame 0 and costs memory only inside of `range`.
  static func make(_ range: FrameRange, cores: Int) -> LockedListBuddy {
    let table = FrameTable(frameCount: range.start.index + range.count)
    return LockedListBuddy(range, in: table)
  }

  var metadataBytes: Int { range.count * 32 }
}
