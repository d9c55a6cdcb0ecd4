internal import MemoryUnits
internal import PageFrames
internal import Translation

/// The daemon that makes huge pages of small ones: its own clock, which begins no block ahead of the
/// machine's, and where it will look next.
struct Khugepaged: Sendable {
  /// Until when it has worked, simulated ns.
  var time: UInt64 = 0
  /// When its next turn begins.
  var nextTurn: UInt64 = 0
  /// Pages that are left of this turn.
  var left = 0
  /// The address space and the page at which it goes on.
  var space: UInt32 = 0
  var page = 0
  var pagesCollapsed: UInt64 = 0
  var fullScans: UInt64 = 0
}

extension Machine {
  /// Lets khugepaged work for the time since its last turn: pages_to_scan pages, then it sleeps for
  /// scan_sleep_millisecs, or for alloc_sleep_millisecs where there was no huge page. Only where nobody
  /// holds a table.
  mutating func runKhugepaged() {
    guard huge.advisedOrders.hasHuge, daemonTime == nil, elapsed >= huge.daemon.nextTurn,
      let settings = huge.settings
    else { return }
    let now = elapsed
    daemonTime = now
    elapsed = max(huge.daemon.time, huge.daemon.nextTurn)
    let limits = settings.khugepaged
    while elapsed <= now {
      if huge.daemon.left <= 0 { huge.daemon.left = limits.pagesToScan }
      var sleep = UInt64(limits.scanSleepMillisecs)
      // A turn ends with its share, with the last of all address spaces, or without a huge page.
      while huge.daemon.left > 0 {
        guard let block = nextBlock() else {
          huge.daemon.fullScans &+= 1
          huge.daemon.left = 0
          break
        }
        huge.daemon.left -= Self.hugePages
        elapsed += costs.scanPage * UInt64(Self.hugePages)
        let result = collapse(block.space, block.page, limits)
        if result == .collapsed { huge.daemon.pagesCollapsed &+= 1 }
        if result == .noHugePage {
          sleep = UInt64(limits.allocSleepMillisecs)
          break
        }
        if elapsed > now, huge.daemon.left > 0 { break }
      }
      huge.daemon.time = elapsed
      if huge.daemon.left > 0, sleep == UInt64(limits.scanSleepMillisecs) {
        // Out of time, not of pages.
        huge.daemon.nextTurn = elapsed
        break
      }
      huge.daemon.left = 0
      elapsed += max(sleep * 1_000_000, 1_000)
      huge.daemon.nextTurn = elapsed
    }
    elapsed = now
    daemonTime = nil
  }

  /// The next block with a leaf table that may become a huge page; nil, and the scan begins anew, behind
  /// the last.
  private mutating func nextBlock() -> (space: SpaceID, page: Int)? {
    for space in spaces.all where space.rawValue >= huge.daemon.space {
      var page = space.rawValue == huge.daemon.space ? huge.daemon.page : 0
      while page < AddressSpace.userPages {
        page = nextMappedPage(space, page, before: AddressSpace.userPages) & ~511
        guard page < AddressSpace.userPages else { break }
        if let area = spaces[space].areas.area(containing: page), area.isAnonymous,
          leafTable(space, page) != nil, mayBeHuge(space, area, page)
        {
          huge.daemon.space = space.rawValue
          huge.daemon.page = page + Self.hugePages
          return (space, page)
        }
        page += Self.hugePages
      }
    }
    huge.daemon.space = 0
    huge.daemon.page = 0
    return nil
  }

  /// khugepaged/pages_collapsed and khugepaged/full_scans.
  public var khugepagedCounts: (pagesCollapsed: UInt64, fullScans: UInt64) {
    (huge.daemon.pagesCollapsed, huge.daemon.fullScans)
  }

  /// What transparent_hugepage says now; nil without it.
  public var transparentHugePages: TransparentHugePages? { huge.settings }

  /// Writes the settings, with effect on what comes. Not for a kernel without huge pages.
  public mutating func setTransparentHugePages(_ settings: TransparentHugePages) {
    precondition(huge.settings != nil, "a kernel without huge pages has no settings for them")
    huge.settings = settings
    huge.daemon.nextTurn = min(huge.daemon.nextTurn, elapsed)
  }

  /// prctl(PR_SET_THP_DISABLE): whether the address space of a task gets huge pages from here on, and
  /// those of its children. Errors: ESRCH.
  public mutating func forbidHugePages(_ task: TaskID, _ isForbidden: Bool) throws(Errno) {
    spaces[try space(of: task)].forbidsHugePages = isForbidden
  }

  /// Frames that leaves of 2 MiB map for users (AnonHugePages in /proc/meminfo).
  public var anonHugePages: Int {
    var heads: Set<FrameNumber> = []
    for space in spaces.all where spaces[space].hugeLeaves > 0 {
      forEachHugeLeaf(space) { if !$0.has(.special) { heads.insert($0.frame) } }
    }
    return heads.count * Self.hugePages
  }

  private func forEachHugeLeaf(_ space: SpaceID, _ body: (PageTableEntry) -> Void) {
    var page = nextMappedPage(space, 0, before: AddressSpace.userPages)
    while page < AddressSpace.userPages {
      if let place = hugeSlot(space, page) { body(contents.entry(place.table, place.slot)) }
      page = nextMappedPage(space, (page >> 9 + 1) << 9, before: AddressSpace.userPages)
    }
  }
}
