public import MemoryUnits

extension FrameTable {
  /// Holders of the frame; 1 after `setOwner`. The frame may be freed when it falls to 0.
  @inlinable
  public func references(to frame: FrameNumber) -> UInt32 { self[frame].references }

  /// Page-table entries that map the frame; 0 after `setOwner`.
  @inlinable
  public func mappings(of frame: FrameNumber) -> UInt32 { self[frame].mappings }

  @inlinable
  public mutating func setReferences(_ count: UInt32, to frame: FrameNumber) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].references = count
  }

  @inlinable
  public mutating func setMappings(_ count: UInt32, of frame: FrameNumber) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].mappings = count
  }

  /// Adds to the references and returns the new count.
  @inlinable
  @discardableResult
  public mutating func addReferences(_ change: Int, to frame: FrameNumber) -> Int {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let count = Int(pages[frame.index].references) &+ change
    pages[frame.index].references = UInt32(truncatingIfNeeded: count)
    return count
  }

  /// Adds to the mappings and returns the new count.
  @inlinable
  @discardableResult
  public mutating func addMappings(_ change: Int, to frame: FrameNumber) -> Int {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let count = Int(pages[frame.index].mappings) &+ change
    pages[frame.index].mappings = UInt32(truncatingIfNeeded: count)
    return count
  }
}

extension FrameTable {
  /// One more entry maps the frame: a reference and a mapping more, and nobody has it alone. Returns
  /// the frame's state.
  @inlinable
  public mutating func share(_ frame: FrameNumber) -> FrameState {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].references &+= 1
    pages[frame.index].mappings &+= 1
    pages[frame.index].flags &= ~(UInt32(FrameFlags.anonExclusive.rawValue) &<< 8)
    return FrameState(rawValue: UInt8(truncatingIfNeeded: pages[frame.index].flags)) ?? .unknown
  }

  /// One entry less maps the frame, whose reference remains. Returns the frame's state.
  @inlinable
  public mutating func unmap(_ frame: FrameNumber) -> FrameState {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].mappings &-= 1
    return FrameState(rawValue: UInt8(truncatingIfNeeded: pages[frame.index].flags)) ?? .unknown
  }

  /// What `dropReference` and `release` leave.
  @frozen
  public struct Remains {
    public let references: UInt32
    public let state: FrameState
    public let flags: FrameFlags
    public let group: UInt16
    public let isFolio: Bool

    @inlinable
    init(_ page: PageDescriptor) {
      references = page.references
      state = FrameState(rawValue: UInt8(truncatingIfNeeded: page.flags)) ?? .unknown
      flags = FrameFlags(rawValue: UInt16(truncatingIfNeeded: page.flags &>> 8))
      group = page.group
      isFolio = page.folio != 0
    }
  }

  /// Drops one reference and says how many are left, on which list the frame is, and who is charged.
  @inlinable
  public mutating func dropReference(_ frame: FrameNumber) -> Remains {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].references &-= 1
    return Remains(pages[frame.index])
  }

  /// Drops one reference together with one mapping.
  @inlinable
  public mutating func release(_ frame: FrameNumber) -> Remains {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].mappings &-= 1
    pages[frame.index].references &-= 1
    return Remains(pages[frame.index])
  }
}
