internal import MemoryUnits
internal import VirtualMemory

extension Session {
  static let taskCommands = [
    Command(
      name: "spawn", usage: "spawn NAME [in GROUP]", summary: "a task with an empty address space"
    ) { session, arguments throws(ScriptError) in
      let name = try session.newTaskName(&arguments)
      var group: UInt16 = 0
      if arguments.take("in") != nil {
        group = try arguments.value("a memory group ('group G 1MiB' makes one)") {
          session.groups[$0]
        }
      }
      try arguments.end()
      return try session.addTask(name) { [group] machine throws(Errno) in
        let task = try machine.spawn(name, group: group)
        try machine.setHeapStart(task, Session.heapStart)
        return task
      }
    },
    Command(
      name: "fork", usage: "fork TASK as NAME", summary: "a copy of a task, sharing its pages"
    ) { session, arguments throws(ScriptError) in
      let parent = try session.task(&arguments)
      guard arguments.take("as") != nil else { throw arguments.expected("'as NAME'") }
      let name = try session.newTaskName(&arguments)
      try arguments.end()
      return try session.addTask(name) { machine throws(Errno) in try machine.fork(parent) }
    },
    Command(
      name: "clone", usage: "clone TASK as NAME", summary: "a thread: another task in its space"
    ) { session, arguments throws(ScriptError) in
      let parent = try session.task(&arguments)
      guard arguments.take("as") != nil else { throw arguments.expected("'as NAME'") }
      let name = try session.newTaskName(&arguments)
      try arguments.end()
      return try session.addTask(name) { machine throws(Errno) in try machine.clone(parent) }
    },
    Command(
      name: "exec", usage: "exec TASK FILE [with FILE]... [as NAME]",
      summary: "a program in the place of the task's own",
      more: [
        "The file and its interpreter are files of the machine; 'with' maps a library after it.",
        "The answer, and NAME, is the address of the first instruction.",
      ]
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let file = try arguments.word("the name of a file")
      var libraries: [String] = []
      while arguments.take("with") != nil {
        libraries.append(try arguments.word("the name of a file"))
      }
      let name = try session.nameAfterAs(&arguments)
      try arguments.end()
      return session.mapping(name, 0) { [libraries] machine throws(Errno) in
        try machine.exec(task, file, libraries: libraries).entry
      }
    },
    Command(name: "exit", usage: "exit TASK [STATUS]", summary: "ends a task") {
      session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let status = arguments.take { Int32($0) } ?? 0
      try arguments.end()
      session.machine.exit(task, status: status)
      return Reply()
    },
    Command(
      name: "stack", usage: "stack TASK [SIZE] [as NAME]",
      summary: "an area at the top that grows downwards (132KiB)"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let size = UInt64(arguments.take(Arguments.size) ?? 132 << 10)
      let name = try session.nameAfterAs(&arguments)
      try arguments.end()
      let top = UInt64(AddressSpace.userPages - 1) << 12
      return session.mapping(name, size) { machine throws(Errno) in
        try machine.mmap(
          task, at: top - (size + 4095) & ~4095, length: size, .readWrite,
          [.private, .anonymous, .growsDown, .stack, .fixed])
      }
    },
  ]

  /// Where the heap of a task that executes no file begins: as Linux has it for most programs.
  private static let heapStart: UInt64 = 0x5555_5555_9000

  private func newTaskName(_ arguments: inout Arguments) throws(ScriptError) -> String {
    let name = try newName("the task", &arguments)
    let taken = tasks.contains { $0.name == name && machine.task($0.id)?.state == .running }
    if taken { throw ScriptError(.usage, "task \(name) is running already") }
    return name
  }

  /// Makes a task and gives it its name.
  private func addTask(
    _ name: String, _ make: (inout Machine) throws(Errno) -> TaskID
  ) throws(ScriptError) -> Reply {
    do {
      let id = try make(&machine)
      tasks.append((name, id))
      return Reply(StyledLine(name, .name) + " is pid \(id)", ("pid", JSON(id.rawValue)))
    } catch {
      return failed(error)
    }
  }

  /// Notes an error of a system call and says it.
  func failed(_ error: Errno) -> Reply {
    outcome.result = .errno(error)
    return Reply(StyledLine("\(error)", .bad) + StyledLine(" (\(error.words))", .quiet))
  }

  /// Notes a signal and says it.
  func failed(_ signal: Signal, _ task: TaskID) -> Reply {
    outcome.result = .signal(signal)
    return Reply(StyledLine("\(signal)", .bad) + StyledLine(" (\(signal.kind.words))", .quiet))
  }

  /// A system call that returns an address, which may get a name.
  func mapping(
    _ name: String?, _ length: UInt64, _ call: (inout Machine) throws(Errno) -> UInt64
  ) -> Reply {
    do {
      let place = try call(&machine)
      if let name { places[name] = Place(address: place, length: length) }
      outcome.result = .address(place)
      let pages = Int((length + 4095) >> 12)
      var line = StyledLine(name.map { "\($0) = " } ?? "") + StyledLine(prefixed(place), .name)
      line += StyledLine(pages > 0 ? ", \(counted(pages, "page"))" : "")
      return Reply(line, ("address", JSON(place)), ("pages", JSON(pages)))
    } catch {
      return failed(error)
    }
  }
}

extension Signal.Kind {
  /// What happened, in words.
  var words: String {
    switch self {
    case .segmentationNoArea: "no area contains the address"
    case .segmentationNoRight: "the area does not allow the access"
    case .busError: "past the end of the file"
    case .killed: "no frame was left"
    }
  }
}

extension Errno {
  /// Linux's words for the ones that memory calls give.
  var words: String {
    switch self {
    case .permission: "operation not permitted"
    case .noEntry: "no such file"
    case .noProcess: "no such process"
    case .inputOutput: "input or output failed"
    case .noMemory: "out of memory or address space"
    case .invalid: "invalid argument"
    case .exists: "something is mapped there"
    case .access: "permission denied"
    case .badFile: "no such file descriptor"
    case .fault: "bad address"
    case .tryAgain: "try again"
    case .busy: "in use"
    case .noDevice: "the file cannot be mapped"
    case .overflow: "value too large"
    case .noSpace: "no space left"
    case .notExecutable: "not an executable"
    default: "error \(rawValue)"
    }
  }
}
