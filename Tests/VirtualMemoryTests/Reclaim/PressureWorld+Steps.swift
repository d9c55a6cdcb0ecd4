import MemoryUnits
import Testing
import VirtualMemory

extension PressureWorld {
  /// One random operation, and what the model makes of it.
  mutating func step(_ context: Comment) throws {
    let tasks = self.tasks
    let task = tasks[below(tasks.count)]
    machine.run(task, on: below(2))
    if below(8) == 0 { machine.run(nil, on: below(2)) }
    let (kind, base, count) = region(task)
    let start = below(count)
    let pages = 1 + below(min(count - start, 24))
    let address = base + UInt64(start) << 12
    let length = UInt64(pages) << 12
    do {
      switch below(25) {
      case 0..<8: try write(task, kind, base, start..<start + pages)
      case 8..<12: try read(task, kind, base, start..<start + pages, context)
      case 12: try machine.madvise(task, address, length: length, .pageOut)
      case 13: try machine.madvise(task, address, length: length, .cold)
      case 14: try machine.madvise(task, address, length: length, .willNeed)
      case 15: try giveUp(task, kind, address, start..<start + pages)
      case 16: try lock(task, kind, base, start..<start + min(pages, 6))
      case 17: try machine.munlock(task, base, length: UInt64(count) << 12)
      case 18:
        try machine.mprotect(task, address, length: length, .read)
        try machine.mprotect(task, address, length: length, .readWrite)
      case 19: try move(task)
      case 20: try transfer(task, start, context)
      case 21 where tasks.count < 4:
        let child = try machine.fork(task)
        live[child] = live[task]
        descriptors[child] = descriptors[task]
      case 22 where tasks.count > 1:
        machine.exit(task)
        live[task] = nil
      case 23: try migrate(task, base, start..<start + pages, context)
      default: machine.idle(nanoseconds: 50_000)
      }
    } catch let error as Errno where mayRunOut || error == .invalid {
      // Locked pages refuse advice; without memory anything may fail.
    } catch is Signal where mayRunOut {
    }
  }

  private mutating func write(
    _ task: TaskID, _ kind: Int, _ base: UInt64, _ pages: Range<Int>
  ) throws {
    for page in pages {
      let byte = UInt8(truncatingIfNeeded: random.next())
      try machine.store(task, base + UInt64(page << 12 + Self.place(page)), [byte])
      note(task, kind, page, byte)
    }
  }

  private mutating func read(
    _ task: TaskID, _ kind: Int, _ base: UInt64, _ pages: Range<Int>, _ context: Comment
  ) throws {
    for page in pages {
      let found = try machine.load(task, base + UInt64(page << 12 + Self.place(page)), count: 1)
      #expect(
        expected(task, kind, page).contains(found[0]),
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
      live[task, default: Model()].mayBeZero.formUnion(pages)
      try machine.madvise(task, address, length: length, .free)
    } else {
      try machine.munlock(task, address, length: length)
      try machine.madvise(task, address, length: length, .dontNeed)
      for page in pages where kind == 0 {
        live[task, default: Model()].anonymous[page] = nil
        live[task, default: Model()].mayBeZero.remove(page)
      }
      for page in pages where kind == 3 { live[task, default: Model()].copies[page] = nil }
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
      live[task, default: Model()].copies[page] =
        live[task, default: Model()].copies[page] ?? file[page, default: 0]
    }
  }

  /// mremap of all private memory to another place.
  private mutating func move(_ task: TaskID) throws {
    guard !mayRunOut else { return }
    var moved = live[task, default: Model()]
    moved.isMoved.toggle()
    let length = UInt64(Self.sizes.anonymous) << 12
    try machine.mremap(
      task, base(live[task, default: Model()]), oldLength: length, newLength: length,
      [.mayMove, .fixed],
      to: base(moved))
    live[task] = moved
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

  /// Reads or writes the file by system call, from or to shared memory.
  private mutating func transfer(_ task: TaskID, _ start: Int, _ context: Comment) throws {
    let page = start % Self.sizes.file
    let offset = page << 12 + Self.place(page)
    let cell = Self.sharedBase + UInt64(Self.place(0))
    guard let descriptor = descriptors[task] else { return }
    if below(2) == 0 {
      let count = try machine.pread(task, descriptor, cell, count: 1, offset: offset)
      guard count == 1 else { return }
      note(task, 1, 0, file[page, default: 0])
      try read(task, 1, Self.sharedBase, 0..<1, context)
    } else {
      let byte = shared[live[task, default: Model()].shared][0, default: 0]
      if try machine.pwrite(task, descriptor, cell, count: 1, offset: offset) == 1 {
        file[page] = byte
      }
    }
  }

  /// Reads everything that every task has.
  mutating func compare(_ context: Comment) throws {
    for task in tasks {
      guard live[task] != nil, machine.task(task)?.state == .running else { continue }
      let regions = [
        (0, base(live[task, default: Model()]), Self.sizes.anonymous),
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
      #expect(bytes[page << 12 + Self.place(page)] == byte, "\(context), stored page \(page)")
    }
    for task in tasks where machine.task(task)?.state == .running { machine.exit(task) }
    machine.validate()
    #expect(machine.swapUse.used == 0, context)
  }
}
