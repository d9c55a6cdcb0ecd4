internal import MemoryUnits
internal import VirtualMemory

extension Session {
  static let areaCommands = [
    Command(
      name: "mmap",
      usage: "mmap TASK LENGTH RIGHTS private|shared anonymous|file FD [FLAG...] [as NAME]",
      summary: "makes an area; 'help mmap' has the flags",
      more: [
        "A file comes by its descriptor or by its name: 'file f offset 8KiB', 'file data'.",
        "'at ADDRESS' is a hint; with 'fixed' it is the place, with 'noreplace' only if free.",
        "FLAG is fixed, noreplace, populate, noreserve, locked, growsdown, stack or hugetlb;",
        "LENGTH is rounded up to whole pages; without 'at' the machine chooses the place.",
      ]
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let length = UInt64(try arguments.size("a length such as 8096 or 64KiB"))
      let rights = try arguments.rights()
      let mapping = try session.mapArguments(&arguments)
      return session.mapping(mapping.name, length) { machine throws(Errno) in
        var descriptor = mapping.descriptor
        if let file = mapping.file {
          let writes = mapping.flags.contains(.shared) && rights.contains(.write)
          descriptor = try machine.open(task, file, writes ? .readWrite : .readOnly)
        }
        defer { if mapping.file != nil { try? machine.close(task, descriptor) } }
        return try machine.mmap(
          task, at: mapping.hint, length: length, rights, mapping.flags, descriptor: descriptor,
          offset: mapping.offset)
      }
    },
    Command(
      name: "munmap", usage: "munmap TASK ADDRESS [LENGTH]", summary: "takes areas away"
    ) { session, arguments throws(ScriptError) in
      let (task, place, length) = try session.range(&arguments)
      try arguments.end()
      return session.call { machine throws(Errno) in
        try machine.munmap(task, place, length: length)
      }
    },
    Command(
      name: "mprotect", usage: "mprotect TASK ADDRESS [LENGTH] RIGHTS",
      summary: "other rights: r, rw, rx, rwx, none"
    ) { session, arguments throws(ScriptError) in
      let (task, place, length) = try session.range(&arguments)
      let rights = try arguments.rights()
      try arguments.end()
      return session.call { machine throws(Errno) in
        try machine.mprotect(task, place, length: length, rights)
      }
    },
    Command(
      name: "mremap",
      usage: "mremap TASK ADDRESS [LENGTH] to LENGTH [stay] [at ADDRESS] [keep] [as NAME]",
      summary: "another length or place; keep: MREMAP_DONTUNMAP"
    ) { session, arguments throws(ScriptError) in
      let (task, place, length) = try session.range(&arguments)
      guard arguments.take("to") != nil else { throw arguments.expected("'to LENGTH'") }
      let newLength = UInt64(try arguments.size("a length"))
      var flags: RemapFlags = arguments.take("stay") == nil ? .mayMove : []
      var target: UInt64 = 0
      if arguments.take("at") != nil {
        target = try session.address(&arguments)
        flags.insert(.fixed)
      }
      if arguments.take("keep") != nil { flags.insert(.dontUnmap) }
      let name = try session.nameAfterAs(&arguments)
      try arguments.end()
      return session.mapping(name, newLength) { [flags, target] machine throws(Errno) in
        try machine.mremap(
          task, place, oldLength: length, newLength: newLength, flags, to: target)
      }
    },
    Command(
      name: "brk", usage: "brk TASK ADDRESS [as NAME]", summary: "sets the end of the heap"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let end = try session.address(&arguments)
      let name = try session.nameAfterAs(&arguments)
      try arguments.end()
      return session.mapping(name, 0) { machine in machine.brk(task, end) }
    },
    Command(
      name: "sbrk", usage: "sbrk TASK [-]BYTES [as NAME]",
      summary: "moves the end of the heap; answers the old one"
    ) { session, arguments throws(ScriptError) in
      let task = try session.task(&arguments)
      let change = try arguments.value("a number of bytes such as 64KiB or -4096") { word in
        word.hasPrefix("-")
          ? Arguments.size(String(word.dropFirst())).map { -$0 } : Arguments.size(word)
      }
      let name = try session.nameAfterAs(&arguments)
      try arguments.end()
      return session.mapping(name, UInt64(max(change, 0))) { machine throws(Errno) in
        try machine.sbrk(task, change)
      }
    },
    Command(
      name: "madvise", usage: "madvise TASK ADDRESS [LENGTH] ADVICE",
      summary: "dontneed, free, pageout, populate-write, ...",
      more: [advice.keys.sorted().joined(separator: " ")]
    ) { session, arguments throws(ScriptError) in
      let (task, place, length) = try session.range(&arguments)
      let advice = try arguments.value("advice such as dontneed or free") { Session.advice[$0] }
      try arguments.end()
      return session.call { machine throws(Errno) in
        try machine.madvise(task, place, length: length, advice)
      }
    },
    Command(
      name: "mlock", usage: "mlock TASK ADDRESS [LENGTH] [onfault]",
      summary: "keeps pages in memory"
    ) { session, arguments throws(ScriptError) in
      let (task, place, length) = try session.range(&arguments)
      let onFault = arguments.take("onfault") != nil
      try arguments.end()
      return session.call { machine throws(Errno) in
        try machine.mlock(task, place, length: length, onFault: onFault)
      }
    },
    Command(
      name: "munlock", usage: "munlock TASK ADDRESS [LENGTH]", summary: "lets them go again"
    ) { session, arguments throws(ScriptError) in
      let (task, place, length) = try session.range(&arguments)
      try arguments.end()
      return session.call { machine throws(Errno) in
        try machine.munlock(task, place, length: length)
      }
    },
  ]

  private static let advice: [String: Advice] = [
    "normal": .normal, "random": .random, "sequential": .sequential, "willneed": .willNeed,
    "dontneed": .dontNeed, "free": .free, "dontfork": .dontFork, "dofork": .doFork,
    "hugepage": .hugePage, "nohugepage": .noHugePage, "dontdump": .dontDump, "dodump": .doDump,
    "wipeonfork": .wipeOnFork, "keeponfork": .keepOnFork, "cold": .cold, "pageout": .pageOut,
    "populate-read": .populateRead, "populate-write": .populateWrite, "collapse": .collapse,
  ]

  /// What stands behind the rights of mmap.
  struct MapArguments {
    var flags: MapFlags = []
    var hint: UInt64 = 0
    var name: String?
    var descriptor: Int32 = -1
    /// The file to be opened for the mapping.
    var file: String?
    var offset: UInt64 = 0
  }

  func mapArguments(_ arguments: inout Arguments) throws(ScriptError) -> MapArguments {
    var mapping = MapArguments()
    while !arguments.isAtEnd {
      if let flag = arguments.take({ Self.mapFlags[$0] }) {
        mapping.flags.insert(flag)
      } else if arguments.take("file") != nil {
        if let descriptor = arguments.take({ self.descriptors[$0] ?? Int32($0) }) {
          mapping.descriptor = descriptor
        } else {
          mapping.file = try arguments.word("a descriptor or the name of a file")
        }
      } else if arguments.take("offset") != nil {
        mapping.offset = UInt64(try arguments.size("an offset"))
      } else if arguments.take("at") != nil {
        mapping.hint = try address(&arguments)
      } else if let name = try nameAfterAs(&arguments) {
        mapping.name = name
        try arguments.end()
      } else {
        throw arguments.expected("private, shared, anonymous, file, offset, at, as or a flag")
      }
    }
    return mapping
  }

  private static let mapFlags: [String: MapFlags] = [
    "private": .private, "shared": .shared, "anonymous": .anonymous, "fixed": .fixed,
    "noreplace": .fixedNoReplace, "populate": .populate, "noreserve": .noReserve,
    "locked": .locked, "growsdown": .growsDown, "stack": .stack, "hugetlb": .hugeTLB,
  ]

  /// `TASK ADDRESS [LENGTH]`
  func range(
    _ arguments: inout Arguments
  ) throws(ScriptError) -> (task: TaskID, address: UInt64, length: UInt64) {
    let task = try task(&arguments)
    let place = try address(&arguments)
    return (task, place, try length(&arguments, at: place))
  }

  /// A system call that returns nothing.
  func call(_ call: (inout Machine) throws(Errno) -> Void) -> Reply {
    do {
      try call(&machine)
      return Reply()
    } catch {
      return failed(error)
    }
  }
}

extension Arguments {
  /// `r`, `rw`, `rx`, `rwx`, `w`, `x`, `none`; `---` and `r-x` as /proc/PID/maps has them, too.
  mutating func rights() throws(ScriptError) -> Protection {
    try value("rights such as r, rw, rx or none") { word in
      if word == "none" { return Protection.none }
      var rights: Protection = []
      for letter in word {
        switch letter {
        case "r": rights.insert(.read)
        case "w": rights.insert(.write)
        case "x": rights.insert(.execute)
        case "-": break
        default: return nil
        }
      }
      return rights
    }
  }
}
