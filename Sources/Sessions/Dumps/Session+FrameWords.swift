internal import MemoryUnits
internal import PageFrames
internal import Translation
internal import VirtualMemory

extension Session {
  /// A frame with what it is used for: `frame 21 (anonymous)`.
  func frameWords(_ frame: FrameNumber) -> String {
    "frame \(frame.rawValue) (\(useWords(frame)))"
  }

  func useWords(_ frame: FrameNumber) -> String {
    if machine.memory.zone.allocator.isFree(frame) { return "free" }
    return switch machine.memory.frames.state(of: frame) {
    case .movable: "anonymous"
    case .fileCache: machine.memory.frames.has(.swapBacked, frame) ? "shared memory" : "file cache"
    case .pageTable: "page table"
    case .reserved: "the zero page"
    case .unmovable: "kernel"
    case .heldByCore: "held by a core"
    default: "\(machine.memory.frames.state(of: frame))"
    }
  }

  /// The tasks, running, that use an address space.
  func tasks(in space: SpaceID) -> [String] {
    tasks.filter { machine.task($0.id).map { $0.state == .running && $0.space == space } ?? false }
      .map(\.name)
  }

  /// Names of a frame's flags, Linux's without their prefix.
  static func names(_ flags: FrameFlags) -> [String] {
    let names: [(FrameFlags, String)] = [
      (.lru, "lru"), (.active, "active"), (.referenced, "referenced"), (.dirty, "dirty"),
      (.upToDate, "uptodate"), (.writeback, "writeback"), (.swapBacked, "swapbacked"),
      (.swapCache, "swapcache"), (.mlocked, "mlocked"), (.unevictable, "unevictable"),
      (.locked, "locked"), (.readahead, "readahead"), (.workingset, "workingset"),
      (.anonExclusive, "anon_exclusive"), (.lazyFree, "lazyfree"),
      (.partiallyMapped, "partially_mapped"),
    ]
    return names.filter { flags.contains($0.0) }.map(\.1)
  }
}
