internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// One access of a task as its program makes it: through the tables, with as many faults as it takes.
  /// Returns the physical address.
  @discardableResult
  public mutating func touch(
    _ task: TaskID, _ address: UInt64, _ access: AccessKind
  ) throws(Signal) -> UInt64 {
    while true {
      if let physical = translate(task, address, access) { return physical }
      if case .signal(let signal) = fault(task, address, access) { throw signal }
    }
  }

  /// Reads bytes as the task's program does.
  public mutating func load(
    _ task: TaskID, _ address: UInt64, count: Int
  ) throws(Signal) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(count)
    var address = address
    while bytes.count < count {
      let physical = try touch(task, address, .read)
      let inPage = Int(address & 4095)
      let part = min(4096 - inPage, count - bytes.count)
      contents.append(
        FrameNumber(Int(physical >> 12)), offset: inPage, count: part, to: &bytes)
      address += UInt64(part)
    }
    return bytes
  }

  /// Writes bytes as the task's program does.
  public mutating func store(
    _ task: TaskID, _ address: UInt64, _ bytes: [UInt8]
  ) throws(Signal) {
    var done = 0
    while done < bytes.count {
      let place = address + UInt64(done)
      let physical = try touch(task, place, .write)
      let inPage = Int(place & 4095)
      let part = min(4096 - inPage, bytes.count - done)
      contents.store(bytes[done..<done + part], FrameNumber(Int(physical >> 12)), offset: inPage)
      done += part
    }
  }

  /// What the hardware makes of an access; nil for a fault.
  private mutating func translate(
    _ task: TaskID, _ address: UInt64, _ access: AccessKind
  ) -> UInt64? {
    let page = Int(truncatingIfNeeded: address >> 12)
    let space = tasks[task].space
    guard address < UInt64(AddressSpace.userPages) << 12, let table = leafTable(space, page) else {
      return nil
    }
    var entry = contents.entry(table, page & 511)
    guard entry.isPresent, access != .write || entry.isWritable,
      access != .execute || !entry.has(.executeDisable)
    else { return nil }
    entry.set(access == .write ? [.accessed, .dirty] : .accessed)
    contents.setEntry(entry, table, page & 511)
    return UInt64(entry.frame.rawValue) << 12 | address & 4095
  }

  /// Makes the current core forget one translation.
  mutating func flushLocal(_ space: SpaceID, _ page: Int) {}
}
