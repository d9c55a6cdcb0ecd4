public import MemoryUnits

/// A doubly linked list of allocated frames, threaded through their descriptors: an LRU list. A frame
/// is on one list at most; which one, the owner knows.
@frozen
public struct FrameList: Sendable {
  @usableFromInline var first: UInt32 = PageDescriptor.noFrame
  @usableFromInline var last: UInt32 = PageDescriptor.noFrame
  /// Frames; a folio counts with all of its frames where its owner said so (`addTails`).
  public var count: Int { length }
  @usableFromInline var length = 0

  @inlinable
  public init() {}

  @inlinable
  public var isEmpty: Bool { length == 0 }

  /// Counts the frames of a folio, of which only the head is linked, or counts them no more.
  @inlinable
  public mutating func addTails(_ change: Int) { length &+= change }

  /// The frame that was pushed last, in front of all others.
  @inlinable
  public var front: FrameNumber? {
    first == PageDescriptor.noFrame ? nil : FrameNumber(rawValue: first)
  }

  @inlinable
  public var back: FrameNumber? {
    last == PageDescriptor.noFrame ? nil : FrameNumber(rawValue: last)
  }
}

extension FrameTable {
  /// The frame behind `frame` on its list, towards the back.
  @inlinable
  public func next(after frame: FrameNumber) -> FrameNumber? {
    let next = self[frame].next
    return next == PageDescriptor.noFrame ? nil : FrameNumber(rawValue: next)
  }

  /// The frame before `frame` on its list, towards the front.
  @inlinable
  public func previous(before frame: FrameNumber) -> FrameNumber? {
    let previous = self[frame].previous
    return previous == PageDescriptor.noFrame ? nil : FrameNumber(rawValue: previous)
  }

  @inlinable
  public mutating func pushFront(_ frame: FrameNumber, to list: inout FrameList) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    pages[frame.index].previous = PageDescriptor.noFrame
    pages[frame.index].next = list.first
    if list.first == PageDescriptor.noFrame {
      list.last = frame.rawValue
    } else {
      pages[Int(list.first)].previous = frame.rawValue
    }
    list.first = frame.rawValue
    list.length &+= 1
  }

  /// Takes a frame out of the list that it is on.
  @inlinable
  public mutating func remove(_ frame: FrameNumber, from list: inout FrameList) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let next = pages[frame.index].next
    let previous = pages[frame.index].previous
    if next == PageDescriptor.noFrame {
      list.last = previous
    } else {
      pages[Int(next)].previous = previous
    }
    if previous == PageDescriptor.noFrame {
      list.first = next
    } else {
      pages[Int(previous)].next = next
    }
    list.length &-= 1
  }

  /// Puts a frame that is on no list in front of one that is.
  public mutating func insert(
    _ new: FrameNumber, before frame: FrameNumber, in list: inout FrameList
  ) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let previous = pages[frame.index].previous
    pages[new.index].previous = previous
    pages[new.index].next = frame.rawValue
    pages[frame.index].previous = new.rawValue
    if previous == PageDescriptor.noFrame {
      list.first = new.rawValue
    } else {
      pages[Int(previous)].next = new.rawValue
    }
    list.length += 1
  }

  /// Puts a frame that is on no list into the place of one that is.
  public mutating func replace(
    _ old: FrameNumber, with new: FrameNumber, in list: inout FrameList
  ) {
    let descriptors = unsafe self.descriptors
    var pages = unsafe descriptors.mutableSpan
    let next = pages[old.index].next
    let previous = pages[old.index].previous
    pages[new.index].next = next
    pages[new.index].previous = previous
    if next == PageDescriptor.noFrame {
      list.last = new.rawValue
    } else {
      pages[Int(next)].previous = new.rawValue
    }
    if previous == PageDescriptor.noFrame {
      list.first = new.rawValue
    } else {
      pages[Int(previous)].next = new.rawValue
    }
  }
}
