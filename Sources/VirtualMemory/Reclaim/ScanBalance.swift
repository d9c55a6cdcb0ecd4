internal import PageFrames

/// How many frames of each list one pass looks at.
struct ScanBalance {
  var inactiveAnonymous = 0
  var activeAnonymous = 0
  var inactiveFile = 0
  var activeFile = 0

  subscript(kind: LRULists.Kind) -> Int {
    get {
      switch kind {
      case .inactiveAnonymous: inactiveAnonymous
      case .activeAnonymous: activeAnonymous
      case .inactiveFile: inactiveFile
      case .activeFile: activeFile
      case .unevictable: 0
      }
    }
    set {
      switch kind {
      case .inactiveAnonymous: inactiveAnonymous = newValue
      case .activeAnonymous: activeAnonymous = newValue
      case .inactiveFile: inactiveFile = newValue
      case .activeFile: activeFile = newValue
      case .unevictable: break
      }
    }
  }
}

extension Machine {
  /// Divides one pass between anonymous and file pages as Linux has done since 5.8 (get_scan_count):
  ///
  /// - No swap, or reclaim for a boost: files alone. A group at its limit with swappiness 0: files alone. Priority 0: both
  ///   alike.
  /// - So few file pages that they and the free frames are below high: anonymous pages alone.
  /// - Enough inactive file pages (inactive / 2^priority > 0, and not too short beside the active):
  ///   files alone.
  /// - Else by cost. With total = anonymous cost + file cost, each side's cost counted with the total
  ///   added: anonymous share : file share = swappiness / (total + anonymous cost) :
  ///   (200 - swappiness) / (total + file cost).
  ///
  /// A cost is what reclaim of that side has lately cost for nothing: frames that were scanned and
  /// kept, and 32 for each write (lru_note_cost).
  func balance(of group: Int, _ control: ReclaimControl) -> ScanBalance {
    let lists = groups[group].lists
    let isGlobal = control.group == nil
    let swappiness = configuration.swappiness
    var weights: (anonymous: Int, file: Int)? = (0, 1)
    let file = lists.inactiveFile.count + lists.activeFile.count
    let fileIsTiny =
      isGlobal && file + memory.freeFrames <= memory.zone.watermarks.high
      && lists.inactiveAnonymous.count >> control.priority > 0
      && !isInactiveLow(group, isFile: false)
    if control.sparesAnonymous || swap.count == 0 || swap.free == 0 && swap.cachedCount == 0 {
      // Files alone.
    } else if !isGlobal, swappiness == 0 {
      // Files alone.
    } else if control.priority == 0, swappiness > 0 {
      weights = nil
    } else if fileIsTiny {
      weights = (1, 0)
    } else if lists.inactiveFile.count >> control.priority > 0,
      !isInactiveLow(group, isFile: true), !control.forcesDeactivation
    {
      // Files alone.
    } else {
      let costs = groups[group].costs
      let total = costs.anonymous + costs.file
      let anonymousCost = total + costs.anonymous
      let fileCost = total + costs.file
      let sum = anonymousCost + fileCost
      weights = (
        swappiness * (sum + 1) / (anonymousCost + 1),
        (200 - swappiness) * (sum + 1) / (fileCost + 1)
      )
    }
    var balance = ScanBalance()
    for kind in LRULists.Kind.evictable {
      let size = lists[kind].count
      var share = size >> control.priority
      if let weights {
        let part = kind.isFile ? weights.file : weights.anonymous
        share = share * part / max(weights.anonymous + weights.file, 1)
      }
      balance[kind] = share
    }
    return balance
  }

  /// Adds to what reclaim of one side has cost; old costs count half once both are above a quarter of
  /// the lists.
  mutating func noteCost(_ group: Int, isFile: Bool, writes: Int, rotated: Int) {
    let cost = writes * Self.batch + rotated
    guard cost > 0 else { return }
    if isFile { groups[group].costs.file += cost } else { groups[group].costs.anonymous += cost }
    let lists = groups[group].lists
    let size = LRULists.Kind.evictable.reduce(0) { $0 + lists[$1].count }
    if groups[group].costs.anonymous + groups[group].costs.file > size / 4 {
      groups[group].costs.anonymous /= 2
      groups[group].costs.file /= 2
    }
  }
}
