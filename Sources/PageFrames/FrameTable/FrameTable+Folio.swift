public import MemoryUnits

/// Folios: naturally aligned blocks of 2^order frames that are one page to their owner (Linux's
/// compound pages).
///
/// - Head and tails have the order in their descriptor; frames that are free, or pages by themselves,
///   have 0.
/// - The head alone carries references, flags (but `anonExclusive`, which each frame has for itself) and
///   the links of an LRU list.
/// - Each frame counts the leaves of 4 KiB that map it. What the whole folio counts lies where the tails
///   would have their references: in tail 1 the large leaves that map all of it, in tail 2 the frames
///   that a 4 KiB leaf maps, in tail 3 all leaves together.
/// - Folios that wait to be split are listed by tail 2, whose links nobody else uses.
///
/// So the least order is 2, as Linux has it for anonymous memory.
extension FrameTable {
  /// The order of the folio that a frame belongs to; 0 for a frame by itself.
  @inlinable
  public func folioOrder(of frame: FrameNumber) -> Int { Int(self[frame].folio) }

  /// Whether the frame is one of several of a folio.
  @inlinable
  public func isInFolio(_ frame: FrameNumber) -> Bool { self[frame].folio != 0 }

  /// Frames of the folio that a frame belongs to; 1 for a frame by itself.
  @inlinable
  public func folioFrames(of frame: FrameNumber) -> Int { 1 &<< Int(self[frame].folio) }

  /// The first frame of the folio that a frame belongs to; the frame itself without one.
  @inlinable
  public func head(of frame: FrameNumber) -> FrameNumber {
    FrameNumber(rawValue: frame.rawValue & ~(1 &<< UInt32(self[frame].folio) &- 1))
  }

  /// Makes a folio of an allocated block whose frames have their owner (`setOwner`): the head has one
  /// reference, and nothing maps it.
  public mutating func setFolio(_ head: FrameNumber, _ order: Order) {
    precondition(
      order >= Order(2) && head.isAligned(to: order), "a folio is aligned and has four frames")
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    for frame in head.index..<head.index + order.frameCount {
      pages[frame].folio = order.rawValue
      pages[frame].references = 0
    }
    pages[head.index].references = 1
  }

  /// Undoes `setFolio` for a folio that is about to be freed, or whose frames become pages by
  /// themselves: each has as many references as leaves map it. No large leaf may map it.
  public mutating func splitFolio(_ head: FrameNumber) {
    precondition(wholeMappings(of: head) == 0, "a folio with a large leaf cannot be split")
    let count = folioFrames(of: head)
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    for frame in head.index..<head.index + count {
      pages[frame].folio = 0
      pages[frame].references = pages[frame].mappings
    }
  }

  /// Gives all that is known of a folio and its frames to an aligned block of as many allocated frames of
  /// nobody; links and blocks stay. The old frames are no folio then, and have no references.
  public mutating func transferFolio(_ old: FrameNumber, to new: FrameNumber) {
    let count = folioFrames(of: old)
    let order = self[old].folio
    precondition(count > 1 && new.isAligned(to: Order(Int(order))), "a folio is aligned")
    for part in 0..<count { transfer(old.advanced(by: part), to: new.advanced(by: part)) }
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    for part in 0..<count {
      pages[old.index + part].folio = 0
      pages[new.index + part].folio = order
    }
  }
}

// MARK: Mappings of folios

extension FrameTable {
  /// Large leaves that map all of a folio, given by its head.
  public func wholeMappings(of head: FrameNumber) -> Int {
    Int(self[head.advanced(by: 1)].references)
  }

  /// Frames of a folio that at least one 4 KiB leaf maps.
  public func framesMapped(of head: FrameNumber) -> Int {
    Int(self[head.advanced(by: 2)].references)
  }

  /// All leaves that map a folio or a frame of it.
  public func leaves(of head: FrameNumber) -> Int {
    Int(self[head.advanced(by: 3)].references)
  }

  /// All leaves that map a frame, by itself or with its folio.
  public func mappingsInAll(of frame: FrameNumber) -> Int {
    let own = Int(mappings(of: frame))
    return isInFolio(frame) ? own + wholeMappings(of: head(of: frame)) : own
  }

  /// One large leaf more maps a folio, without a reference of its own yet.
  public mutating func mapWhole(_ head: FrameNumber) {
    addReferences(1, to: head.advanced(by: 1))
    addReferences(1, to: head.advanced(by: 3))
  }

  /// One large leaf less maps a folio; its reference remains.
  public mutating func unmapWhole(_ head: FrameNumber) {
    addReferences(-1, to: head.advanced(by: 1))
    addReferences(-1, to: head.advanced(by: 3))
  }

  /// One 4 KiB leaf more maps a frame of a folio, without a reference of its own yet.
  public mutating func mapPart(_ frame: FrameNumber) {
    let head = head(of: frame)
    if addMappings(1, to: frame) == 1 { addReferences(1, to: head.advanced(by: 2)) }
    addReferences(1, to: head.advanced(by: 3))
  }

  /// One 4 KiB leaf less maps a frame of a folio; its reference remains.
  public mutating func unmapPart(_ frame: FrameNumber) {
    let head = head(of: frame)
    if addMappings(-1, to: frame) == 0 { addReferences(-1, to: head.advanced(by: 2)) }
    addReferences(-1, to: head.advanced(by: 3))
  }

  /// One large leaf becomes a 4 KiB leaf for each frame of the folio, with a reference each; frames
  /// that one process had alone remain so.
  public mutating func splitWhole(_ head: FrameNumber) {
    let count = folioFrames(of: head)
    let isExclusive = has(.anonExclusive, head)
    unmapWhole(head)
    for frame in 0..<count {
      mapPart(head.advanced(by: frame))
      if isExclusive { set(.anonExclusive, of: head.advanced(by: frame)) }
    }
    addReferences(count - 1, to: head)
  }
}
