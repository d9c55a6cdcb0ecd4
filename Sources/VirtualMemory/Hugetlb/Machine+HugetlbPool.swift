internal import MemoryUnits
internal import PageFrames

extension Machine {
  /// What the pool of one size holds.
  public func hugetlbUse(_ size: HugetlbSize) -> HugetlbUse { pool(size).use }

  /// Writes nr_overcommit_hugepages of the default size.
  public mutating func setHugetlbOvercommit(_ count: Int) {
    huge.hugePool.overcommit = max(count, 0)
  }

  /// Writes nr_hugepages: grows or shrinks a pool as far as memory and use allow, and returns how many
  /// pages it has then, surplus ones not counted (Linux: set_max_huge_pages). Surplus pages become
  /// ordinary ones first; pages of 2 MiB come from the allocator, which reclaims and compacts for them,
  /// those of 1 GiB from ranges out of which all pages are moved.
  @discardableResult
  public mutating func setHugetlbPages(_ size: HugetlbSize, _ count: Int) -> Int {
    while pool(size).surplus > 0, persistent(size) < count { change(size) { $0.surplus -= 1 } }
    while persistent(size) < count {
      guard let page = takePage(size) else { break }
      change(size) { pool in
        pool.total += 1
        pool.free.append(page)
      }
    }
    // What is promised or in use stays.
    let used = pool(size).total - pool(size).free.count + pool(size).reserved
    while persistent(size) > max(count, used), let page = popFree(size) {
      change(size) { $0.total -= 1 }
      givePage(size, page)
    }
    while persistent(size) > max(count, 0) { change(size) { $0.surplus += 1 } }
    return persistent(size)
  }

  private func persistent(_ size: HugetlbSize) -> Int { pool(size).total - pool(size).surplus }

  func pool(_ size: HugetlbSize) -> HugetlbPool {
    size == .huge ? huge.hugePool : huge.giganticPool
  }

  mutating func change(_ size: HugetlbSize, _ body: (inout HugetlbPool) -> Void) {
    if size == .huge { body(&huge.hugePool) } else { body(&huge.giganticPool) }
  }

  private mutating func popFree(_ size: HugetlbSize) -> FrameNumber? {
    size == .huge ? huge.hugePool.free.popLast() : huge.giganticPool.free.popLast()
  }

  // MARK: Pages of pools

  private mutating func takePage(_ size: HugetlbSize) -> FrameNumber? {
    let owner = FrameOwner(state: .hugePage)
    guard size == .gigantic else {
      return allocateBlock(
        size.order, owner, .movable, effort: [.wakesReclaimer, .direct, .retryMayFail])
    }
    var start = 0
    while start + size.pages <= configuration.frameCount {
      let range = FrameRange(start: FrameNumber(start), count: size.pages)
      if allocateContiguous(range) == .claimed {
        memory.frames.setOwner(owner, of: range.start, size.order)
        return range.start
      }
      start += size.pages
    }
    return nil
  }

  private mutating func givePage(_ size: HugetlbSize, _ page: FrameNumber) {
    counters.pgfree &+= UInt64(size.pages)
    memory.release(FrameRange(start: page, count: size.pages))
  }

  /// Promises pages, with surplus ones where the pool is too small for it and may grow; false, and
  /// nothing changed, where it cannot (Linux: hugetlb_acct_memory).
  mutating func reserveHugetlb(_ size: HugetlbSize, _ count: Int) -> Bool {
    var made: [FrameNumber] = []
    while pool(size).available + made.count < count {
      guard pool(size).surplus + made.count < pool(size).overcommit, let page = takePage(size)
      else {
        for page in made { givePage(size, page) }
        return false
      }
      made.append(page)
    }
    change(size) { pool in
      pool.total += made.count
      pool.surplus += made.count
      pool.free += made
      pool.reserved += count
    }
    return true
  }

  /// Takes promises back; as many surplus pages go (return_unused_surplus_pages).
  mutating func unreserveHugetlb(_ size: HugetlbSize, _ count: Int) {
    change(size) { $0.reserved -= count }
    for _ in 0..<min(count, pool(size).surplus) where pool(size).available > 0 {
      guard let page = popFree(size) else { return }
      change(size) { pool in
        pool.total -= 1
        pool.surplus -= 1
      }
      givePage(size, page)
    }
  }

  /// A page for a fault (Linux: alloc_hugetlb_folio): a promised one, or one that nobody was promised, or
  /// a surplus one; nil where there is none.
  mutating func takeHugetlb(_ size: HugetlbSize, isPromised: Bool) -> FrameNumber? {
    if isPromised {
      change(size) { $0.reserved -= 1 }
      return popFree(size)
    }
    if pool(size).available > 0 { return popFree(size) }
    guard pool(size).surplus < pool(size).overcommit, let page = takePage(size) else { return nil }
    change(size) { pool in
      pool.total += 1
      pool.surplus += 1
    }
    return page
  }

  /// A page comes free: back to the pool, or away while the pool has surplus ones (free_huge_folio).
  /// - Parameter isPromised: whether whoever had it may have it again.
  mutating func freeHugetlb(_ size: HugetlbSize, _ page: FrameNumber, isPromised: Bool) {
    if !isPromised, pool(size).surplus > 0 {
      change(size) { pool in
        pool.total -= 1
        pool.surplus -= 1
      }
      return givePage(size, page)
    }
    change(size) { pool in
      pool.free.append(page)
      if isPromised { pool.reserved += 1 }
    }
  }
}
