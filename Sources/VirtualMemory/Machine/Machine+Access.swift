internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// One access of a task as its program makes it: through TLB and tables, with as many faults as it
  /// takes. Returns the physical address; an ended task is killed once more.
  @discardableResult
  public mutating func touch(
    _ task: TaskID, _ address: UInt64, _ access: AccessKind
  ) throws(Signal) -> UInt64 {
    while true {
      if cores[currentCore].task != task, tasks[task].state != .running {
        throw Signal(.killed, address: address)
      }
      let result = translate(task, address, access)
      if !result.isFault { return result.address }
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
      if log.isOn {
        note(.value(page: Int(address >> 12), bytes[bytes.count - part]), task)
      }
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

  /// What the hardware of the task's core makes of an access.
  private mutating func translate(
    _ task: TaskID, _ address: UInt64, _ access: AccessKind
  ) -> Translated {
    let core = activate(task)
    if log.isOn { return translateNoting(core, task, address, access) }
    return core.mmu.translate(address, access.translated, &contents)
  }

  /// The same, with an event for each thing that the MMU did.
  private mutating func translateNoting(
    _ core: Core, _ task: TaskID, _ address: UInt64, _ access: AccessKind
  ) -> Translated {
    let before = core.mmu.counters
    let result = core.mmu.translate(address, access.translated, &contents)
    let after = core.mmu.counters
    let page = Int(truncatingIfNeeded: address >> 12)
    if after.walks == before.walks {
      note(.tlbHit(page: page), task)
    } else {
      note(.tlbMiss(page: page), task)
      note(.walk(page: page, levels: after.walkReads - before.walkReads), task)
      if !result.isFault { note(.tlbFill(page: page), task) }
    }
    return result
  }
}

extension AccessKind {
  /// As the MMU has it, for user mode.
  var translated: Access {
    switch self {
    case .read: .read
    case .write: .write
    case .execute: .execute
    }
  }
}
