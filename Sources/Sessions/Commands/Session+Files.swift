internal import MemoryUnits
internal import VirtualMemory

extension Session {
  static let fileCommands = [
    Command(
      name: "file", usage: "file NAME \"TEXT\"|SIZE [\"TEXT\"]|small-program|from PATH",
      summary: "a file that tasks can open",
      more: [
        "It holds the text, or is of this size and holds the text again and again.",
        "small-program is an ELF file for exec, with text, data and .bss;",
        "from PATH is a file of the host, where the session has leave to open it.",
      ]
    ) { session, arguments throws(ScriptError) in
      let name = try arguments.word("a name for the file")
      if arguments.take("from") != nil {
        let path = try arguments.word("the path of a file")
        try arguments.end()
        return try session.addHostFile(name, path)
      }
      if arguments.take("small-program") != nil {
        try arguments.end()
        return session.addFile(name, MemoryFileStore(SmallProgram.file))
      }
      let size = arguments.take(Arguments.size)
      var bytes = size != nil && arguments.isAtEnd ? [0] : try arguments.bytes()
      if let size {
        guard (0...1 << 28).contains(size) else {
          throw ScriptError(.usage, "expected a file of at most 256MiB")
        }
        let text = bytes
        bytes = (0..<size).map { text[$0 % text.count] }
      }
      return session.addFile(name, MemoryFileStore(bytes))
    },
    Command(
      name: "open", usage: "open TASK FILE [r|w|rw] [create] [as NAME]",
      summary: "the lowest free descriptor for a file"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let file = try arguments.word("the name of a file")
      var flags = arguments.take { Session.openRights[$0] } ?? .readOnly
      if arguments.take("create") != nil { flags.insert(.create) }
      let name = try session.nameAfterAs(&arguments)
      try arguments.end()
      return session.count("descriptor") { [flags] machine throws(Errno) in
        let descriptor = try machine.open(task, file, flags)
        if let name { session.descriptors[name] = descriptor }
        return Int(descriptor)
      }
    },
    Command(name: "close", usage: "close TASK FD", summary: "gives a descriptor back") {
      session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let descriptor = try session.descriptor(&arguments)
      try arguments.end()
      return session.call { machine throws(Errno) in try machine.close(task, descriptor) }
    },
    Command(
      name: "read", usage: "read TASK FD ADDRESS BYTES [offset N]",
      summary: "copies from the page cache to the task"
    ) { session, arguments throws(ScriptError) in
      let copy = try session.copyArguments(&arguments)
      return session.count("bytes") { machine throws(Errno) in
        guard let offset = copy.offset else {
          return try machine.read(copy.task, copy.descriptor, copy.address, count: copy.count)
        }
        return try machine.pread(
          copy.task, copy.descriptor, copy.address, count: copy.count, offset: offset)
      }
    },
    Command(
      name: "write", usage: "write TASK FD ADDRESS BYTES [offset N]",
      summary: "copies from the task to the page cache"
    ) { session, arguments throws(ScriptError) in
      let copy = try session.copyArguments(&arguments)
      return session.count("bytes") { machine throws(Errno) in
        guard let offset = copy.offset else {
          return try machine.write(copy.task, copy.descriptor, copy.address, count: copy.count)
        }
        return try machine.pwrite(
          copy.task, copy.descriptor, copy.address, count: copy.count, offset: offset)
      }
    },
    Command(
      name: "truncate", usage: "truncate TASK FD SIZE", summary: "cuts a file, or extends it"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let descriptor = try session.descriptor(&arguments)
      let size = try arguments.size("a size")
      try arguments.end()
      return session.call { machine throws(Errno) in
        try machine.ftruncate(task, descriptor, size)
      }
    },
    Command(
      name: "msync", usage: "msync TASK ADDRESS [LENGTH]",
      summary: "writes the dirty pages of a mapping back"
    ) { session, arguments throws(ScriptError) in
      let (task, place, length) = try session.range(&arguments)
      try arguments.end()
      return session.call { machine throws(Errno) in
        try machine.msync(task, place, length: length, .sync)
      }
    },
    Command(name: "fsync", usage: "fsync TASK FD", summary: "writes a file's dirty pages back") {
      session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let descriptor = try session.descriptor(&arguments)
      try arguments.end()
      return session.call { machine throws(Errno) in try machine.fsync(task, descriptor) }
    },
    Command(name: "wait", usage: "wait TIME", summary: "simulated time goes by: 30s") {
      session, arguments throws(ScriptError) in
      let time = try arguments.value("a time such as 30s") { TimeSpan($0)?.nanoseconds }
      try arguments.end()
      session.machine.idle(nanoseconds: time)
      return Reply()
    },
  ]

  private func addFile(_ name: String, _ store: any FileStore) -> Reply {
    let reply = call { machine throws(Errno) in try machine.addFile(name, store) }
    if !outcome.isFailure { stores[name] = store }
    return reply
  }

  private func addHostFile(_ name: String, _ path: String) throws(ScriptError) -> Reply {
    guard let openHostFile else {
      throw ScriptError(.usage, "this session has no files of the host")
    }
    let store: any FileStore
    do {
      store = try openHostFile(path)
    } catch {
      throw ScriptError(.usage, "\(error)")
    }
    return addFile(name, store)
  }

  private static let openRights: [String: OpenFlags] = [
    "r": .readOnly, "w": .writeOnly, "rw": .readWrite,
  ]

  /// A descriptor by its number or its name.
  func descriptor(_ arguments: inout Arguments) throws(ScriptError) -> Int32 {
    try arguments.value("a descriptor") { self.descriptors[$0] ?? Int32($0) }
  }

  /// `TASK FD ADDRESS BYTES [offset N]`
  private struct Copy {
    var task: TaskID
    var descriptor: Int32
    var address: UInt64
    var count: Int
    var offset: Int?
  }

  private func copyArguments(_ arguments: inout Arguments) throws(ScriptError) -> Copy {
    let task = try task(&arguments)
    let descriptor = try descriptor(&arguments)
    let place = try address(&arguments)
    var copy = Copy(
      task: task, descriptor: descriptor, address: place,
      count: try arguments.size("a number of bytes"))
    if arguments.take("offset") != nil { copy.offset = try arguments.size("an offset") }
    try arguments.end()
    return copy
  }

  /// A system call that returns a number.
  private func count(
    _ noun: String, _ call: (inout Machine) throws(Errno) -> Int
  ) -> Reply {
    do {
      let count = try call(&machine)
      outcome.result = .count(count)
      let words = noun == "bytes" ? counted(count, "byte") : "\(noun) \(count)"
      return Reply(StyledLine(words), (noun, JSON(count)))
    } catch {
      return failed(error)
    }
  }
}
