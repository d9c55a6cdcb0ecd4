internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Makes a task with an empty address space.
  ///
  /// Errors: ENOMEM; EINVAL (no such group).
  public mutating func spawn(_ name: String = "", group: UInt16 = 0) throws(Errno) -> TaskID {
    guard groups.indices.contains(Int(group)) else { throw .invalid }
    while true {
      let refusals = self.refusals
      do {
        return try makeFirst(name, group)
      } catch {
        try killForCall(nil, refusals, error)
      }
    }
  }

  private mutating func makeFirst(_ name: String, _ group: UInt16) throws(Errno) -> TaskID {
    let space = try makeSpace(group)
    do {
      return try makeTask(name, space, parent: nil)
    } catch {
      dropSpace(space)
      throw error
    }
  }

  /// An address space without areas, with one user.
  mutating func makeSpace(_ group: UInt16) throws(Errno) -> SpaceID {
    contextCount += 1
    let context = contextCount
    let space = spaces.add {
      AddressSpace(id: $0, context: context, group: group, root: FrameNumber(0))
    }
    guard let root = makeRoot(space, group) else {
      spaces.remove(space)
      throw .noMemory
    }
    spaces[space].root = root
    return space
  }

  /// A task with its kernel stack of 16 KiB.
  mutating func makeTask(_ name: String, _ space: SpaceID, parent: TaskID?) throws(Errno) -> TaskID
  {
    let owner = FrameOwner(state: .unmovable, group: spaces[space].group)
    guard let stack = allocateBlock(Self.stackOrder, owner, .unmovable) else { throw .noMemory }
    let id = tasks.add { Task(id: $0, parent: parent, space: space) }
    tasks[id].kernelStack = stack
    tasks[id].name = name
    return id
  }

  private static var stackOrder: Order { Order(2) }

  /// Ends a task: its areas, files and kernel stack go; what it leaves is its status.
  public mutating func exit(_ task: TaskID, status: Int32 = 0) {
    end(task, .exited(status: status))
  }

  mutating func end(_ task: TaskID, _ state: Task.State) {
    guard tasks[task].state == .running else { return }
    tasks[task].state = state
    for core in cores where core.task == task { core.task = nil }
    closeFiles(task)
    if let stack = tasks[task].kernelStack {
      memory.free(stack, Self.stackOrder, core: currentCore)
      counters.pgfree &+= 4
      tasks[task].kernelStack = nil
    }
    dropSpace(tasks[task].space)
    note(.systemCall("exit", page: 0, count: 0), task)
  }

  /// Drops one user of an address space; the last one takes everything in it away.
  mutating func dropSpace(_ space: SpaceID) {
    spaces[space].users -= 1
    guard spaces[space].users == 0 else { return }
    emptySpace(space)
    unload(space)
    leaveHugeZero(space)
    let root = spaces[space].root
    for slot in 256..<512 { contents.setEntry(.none, root, slot) }
    freeFrame(root)
    spaces.remove(space)
  }

  /// Takes all areas away.
  mutating func emptySpace(_ space: SpaceID) {
    pruneEmptiedTables()
    var gather = FlushGather(space)
    for area in spaces[space].areas.areas(in: Self.wholeSpace) {
      zapPages(area, area.range, &gather)
      removeArea(area, space)
    }
    finish(&gather)
  }

  /// The address space of a running task.
  ///
  /// Errors: ESRCH for one that has ended.
  func space(of task: TaskID) throws(Errno) -> SpaceID {
    guard tasks.has(task), tasks[task].state == .running else { throw .noProcess }
    return tasks[task].space
  }

  /// A copy of a task to look at; nil when there is none by this name.
  public func task(_ id: TaskID) -> Task? { tasks.has(id) ? tasks[id] : nil }

  /// A copy of a task's address space to look at; nil once the task has ended.
  public func addressSpace(of task: TaskID) -> AddressSpace? {
    guard let task = self.task(task), task.state == .running else { return nil }
    return spaces[task.space]
  }

  /// All tasks, the ended ones among them, by pid.
  public var taskList: [TaskID] { tasks.all }

  /// Takes the oldest pending signal.
  public mutating func takeSignal(_ task: TaskID) -> Signal? {
    tasks[task].pending.isEmpty ? nil : tasks[task].pending.removeFirst()
  }
}
