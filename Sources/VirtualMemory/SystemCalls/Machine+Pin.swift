public import MemoryUnits
internal import PageFrames

extension Machine {
  /// Pins the page at an address for a device, as registering a buffer does (Linux: FOLL_LONGTERM): it is
  /// faulted in, for writing where the area allows it, and its frame neither moves nor is reclaimed
  /// until it is unpinned, even if the page is unmapped meanwhile. A frame may be pinned more than once.
  ///
  /// A fork shares pinned pages like all others, where Linux copies them at once: who writes first
  /// afterwards gets the copy, and the pinned frame is the other's.
  ///
  /// Errors: ESRCH, EFAULT (no such page, or one past its file's end), ENOMEM.
  @discardableResult
  public mutating func pin(_ task: TaskID, _ address: UInt64) throws(Errno) -> FrameNumber {
    let space = try space(of: task)
    let page = Int(truncatingIfNeeded: address >> 12)
    guard page < AddressSpace.userPages, let area = findArea(space, page),
      !area.flags.isDisjoint(with: .accessMask)
    else { throw .fault }
    let access: AccessKind = area.flags.contains(.write) ? .write : .read
    switch populatePage(task, area, page, access) {
    case .done: break
    case .outOfMemory: throw .noMemory
    case .beyondFile: throw .fault
    }
    // The page of zeros is everybody's, and moves never.
    guard let frame = frame(of: task, address) else { throw .fault }
    memory.frames.addReferences(1, to: memory.frames.head(of: frame))
    pins[frame, default: 0] += 1
    return frame
  }

  /// Takes one pin back. A frame that is not pinned ends the process.
  public mutating func unpin(_ frame: FrameNumber) {
    guard let count = pins[frame] else {
      fatalError("unpin of a frame without a pin: \(frame.index)")
    }
    pins[frame] = count > 1 ? count - 1 : nil
    dropReference(memory.frames.head(of: frame))
  }

  /// Frames that are pinned.
  public var pinnedFrames: Int { pins.count }
}
