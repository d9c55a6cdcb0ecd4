internal import PageFrames

/// The frames that one memory group is charged for (a memory cgroup), on their LRU lists.
struct MemoryGroup: Sendable {
  var lists = LRULists()
  /// User frames charged.
  var charged = 0
  /// Nil for no limit, in frames.
  var limit: Int?
  /// Pages reclaimed and activated so far: the clock of refaults.
  var age: UInt64 = 0
  /// What reclaim has lately spent in vain on either side.
  var costs = (anonymous: 0, file: 0)
}

/// The five LRU lists of a group; new pages come to the front.
struct LRULists: Sendable {
  var inactiveAnonymous = FrameList()
  var activeAnonymous = FrameList()
  var inactiveFile = FrameList()
  var activeFile = FrameList()
  var unevictable = FrameList()

  enum Kind: Int, CaseIterable {
    case inactiveAnonymous, activeAnonymous, inactiveFile, activeFile, unevictable

    /// The lists that reclaim looks at, in its order.
    static let evictable: [Kind] = [
      .inactiveAnonymous, .activeAnonymous, .inactiveFile, .activeFile,
    ]

    var isActive: Bool { self == .activeAnonymous || self == .activeFile }
    var isFile: Bool { self == .inactiveFile || self == .activeFile }
  }

  subscript(kind: Kind) -> FrameList {
    get {
      switch kind {
      case .inactiveAnonymous: inactiveAnonymous
      case .activeAnonymous: activeAnonymous
      case .inactiveFile: inactiveFile
      case .activeFile: activeFile
      case .unevictable: unevictable
      }
    }
    _modify {
      switch kind {
      case .inactiveAnonymous: yield &inactiveAnonymous
      case .activeAnonymous: yield &activeAnonymous
      case .inactiveFile: yield &inactiveFile
      case .activeFile: yield &activeFile
      case .unevictable: yield &unevictable
      }
    }
  }
}
