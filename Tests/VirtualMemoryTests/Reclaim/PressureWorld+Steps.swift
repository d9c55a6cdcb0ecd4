import MemoryUnits
import PageFrames
import Testing
import VirtualMemory

extension PressureWorld {
  /// One random operation, and what the model makes of it.
  mutating func step(_ context: Comment) throws {
    let tasks = self.tasks
    let task = tasks[below(tasks.count)]
    machine.run(task, on: below(coreCount))
    if below(8) == 0 { machine.run(nil, on: below(coreCount)) }
    let (kind, base, count) = region(task)
    let start = below(count)
    let pages = 1 + below(min(count - start, 24))
    let address = base + UInt64(start) << 12
    let length = UInt64(pages) << 12
    do {
      switch below(29) {
      case 0..<8: try write(task, kind, base, start..<start + pages)
      case 8..<12: try read(task, kind, base, start..<start + pages, context)
      case 12: try advise(task, address, length, .pageOut)
      case 13: try advise(task, address, length, .cold)
      case 14: try machine.madvise(task, address, length: length, .willNeed)
      case 15: try giveUp(task, kind, address, start..<start + pages)
      case 16: try lock(task, kind, base, start..<start + min(pages, 6))
      case 17: try machine.munlock(task, base, length: UInt64(count) << 12)
      case 18:
        try machine.mprotect(task, address, length: length, .read)
        try machine.mprotect(task, address, length: length, .readWrite)
      case 19: try move(task)
      case 20: try transfer(task, start, context)
      case 21 where tasks.count < 5:
        // A block of four frames for the kernel stack may be missing.
        guard let child = try? machine.fork(task) else { break }
        live[child] = models.count
        models.append(self[task])
        descriptors[child] = descriptors[task]
      case 24 where tasks.count < 5:
        guard let thread = try? machine.clone(task) else { break }
        live[thread] = live[task]
        descriptors[thread] = descriptors[task]
      case 22 where tasks.count > 1:
        machine.exit(task)
        live[task] = nil
      case 26: machine.compactMemory()
      case 27: takeRange(context)
      case 23: try migrate(task, base, start..<start + pages, context)
      default: machine.idle(nanoseconds: 50_000)
      }
    } catch let error as Errno where mayRunOut && error != .invalid {
      // Without memory anything may fail, but not for what was asked.
    } catch is Signal where mayRunOut {
    }
  }

  /// Advice that areas with locked pages refuse, and no others.
  private mutating func advise(
    _ task: TaskID, _ address: UInt64, _ length: UInt64, _ advice: Advice
  ) throws {
    do {
      try machine.madvise(task, address, length: length, advice)
    } catch {
      var isLocked = false
      let pages = Int(address >> 12)..<Int((address + length) >> 12)
      machine.addressSpace(of: task)?.forEachArea { area in
        if area.flags.contains(.locked), area.range.start < pages.upperBound,
          area.range.end > pages.lowerBound
        {
          isLocked = true
        }
      }
      guard error == .invalid, isLocked else { throw error }
    }
  }

  private mutating func write(
    _ task: TaskID, _ kind: Int, _ base: UInt64, _ pages: Range<Int>
  ) throws {
    for page in pages {
      // Words of ones are page-table entries with every right for whoever takes a frame for a table.
      let byte = below(8) == 0 ? 0xff : UInt8(truncatingIfNeeded: random.next())
      let bytes = [UInt8](repeating: byte, count: 4096)
      try machine.store(task, base + UInt64(page) << 12, bytes)
      note(task, kind, page, byte)
    }
  }

  private mutating func read(
    _ task: TaskID, _ kind: Int, _ base: UInt64, _ pages: Range<Int>, _ context: Comment
  ) throws {
    for page in pages {
      let found = try machine.load(task, base + UInt64(page) << 12, count: 4096)
      let isFilled = expected(task, kind, page).contains { byte in
        found.allSatisfy { $0 == byte }
      }
      #expect(
        isFilled,
        "\(context), region \(kind), page \(page), task \(task)")
    }
  }

  /// MADV_DONTNEED and MADV_FREE.
  private mutating func giveUp(
    _ task: TaskID, _ kind: Int, _ address: UInt64, _ pages: Range<Int>
  ) throws {
    let length = UInt64(pages.count) << 12
    if kind == 0, below(2) == 0 {
      // An area with a locked part refuses; what comes before it is given up all the same.
      self[task].mayBeZero.formUnion(pages)
      try advise(task, address, length, .free)
    } else {
      try machine.munlock(task, address, length: length)
      try machine.madvise(task, address, length: length, .dontNeed)
      for page in pages where kind == 0 {
        self[task].anonymous[page] = nil
        self[task].mayBeZero.remove(page)
      }
      for page in pages where kind == 3 { self[task].copies[page] = nil }
    }
  }

  /// mlock of a few pages, the only ones of their region that are locked.
  private mutating func lock(
    _ task: TaskID, _ kind: Int, _ base: UInt64, _ pages: Range<Int>
  ) throws {
    let count = [Self.sizes.anonymous, Self.sizes.shared, Self.sizes.file, Self.sizes.copies][kind]
    try machine.munlock(task, base, length: UInt64(count) << 12)
    guard kind != 3 || !mayRunOut else { return }
    try machine.mlock(
      task, base + UInt64(pages.lowerBound) << 12, length: UInt64(pages.count) << 12)
    guard kind == 3 else { return }
    // Locking faults writable private memory in as a write does: the copies are made now.
    for page in pages {
      self[task].copies[page] =
        self[task].copies[page] ?? file[page, default: 0]
    }
  }

  /// mremap of all private memory to another place.
  private mutating func move(_ task: TaskID) throws {
    guard !mayRunOut else { return }
    var moved = self[task]
    moved.isMoved.toggle()
    let length = UInt64(Self.sizes.anonymous) << 12
    try machine.mremap(
      task, base(self[task]), oldLength: length, newLength: length,
      [.mayMove, .fixed],
      to: base(moved))
    self[task] = moved
  }

  /// Moves the frames behind some pages.
  private mutating func migrate(
    _ task: TaskID, _ base: UInt64, _ pages: Range<Int>, _ context: Comment
  ) throws {
    for page in pages {
      let address = base + UInt64(page) << 12
      guard let frame = machine.frame(of: task, address) else { continue }
      switch machine.migrate(frame) {
      case .moved(let target):
        #expect(machine.frame(of: task, address) == target && target != frame, context)
      case .noFrame: break
      case let outcome: Issue.record("\(context): \(outcome)")
      }
    }
  }

  /// Empties a range of frames, if nothing is in the way.
  private mutating func takeRange(_ context: Comment) {
    let range = FrameRange(start: FrameNumber(below(200)), count: 1 + below(40))
    let free = machine.memory.freeFrames
    switch machine.allocateContiguous(range) {
    case .claimed: machine.memory.release(range)
    case .blocked(let frame, _): #expect(range.contains(frame), context)
    }
    // Pages may have been reclaimed for it.
    #expect(machine.memory.freeFrames >= free, context)
  }

  /// Reads or writes the file by system call, from or to shared memory.
  private mutating func transfer(_ task: TaskID, _ start: Int, _ context: Comment) throws {
    let page = start % Self.sizes.file
    let offset = page << 12
    let cell = Self.sharedBase
    guard let descriptor = descriptors[task] else { return }
    if below(2) == 0 {
      let count = try machine.pread(task, descriptor, cell, count: 4096, offset: offset)
      guard count == 4096 else { return }
      note(task, 1, 0, file[page, default: 0])
      try read(task, 1, Self.sharedBase, 0..<1, context)
    } else {
      let byte = shared[self[task].shared][0, default: 0]
      if try machine.pwrite(task, descriptor, cell, count: 4096, offset: offset) == 4096 {
        file[page] = byte
      }
    }
  }

  /// Reads everything that every task has.
  mutating func compare(_ context: Comment) throws {
    for task in tasks {
      guard live[task] != nil, machine.task(task)?.state == .running else { continue }
      let regions = [
        (0, base(self[task]), Self.sizes.anonymous),
        (1, Self.sharedBase, Self.sizes.shared),
        (2, Self.fileBase, Self.sizes.file), (3, Self.copyBase, Self.sizes.copies),
      ]
      for (kind, base, count) in regions {
        do {
          try read(task, kind, base, 0..<count, context)
        } catch is Signal where mayRunOut {
          break
        }
      }
    }
  }

  /// Ends all tasks; the store must have what the file has, and swap must be empty.
  mutating func end(_ context: Comment) throws {
    machine.sync()
    let bytes = store.contents
    for (page, byte) in file {
      let isFilled = bytes[page << 12..<(page + 1) << 12].allSatisfy { $0 == byte }
      #expect(isFilled, "\(context), stored page \(page)")
    }
    for task in tasks where machine.task(task)?.state == .running { machine.exit(task) }
    machine.validate()
    #expect(machine.swapUse.used == 0, context)
  }
}
