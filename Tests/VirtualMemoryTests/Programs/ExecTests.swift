import MemoryUnits
import Testing
import VirtualMemory

@Suite("Programs")
struct ExecTests {
  @Test("exec lays out text, data, bss, heap and stack, and frees what was there")
  func layout() throws {
    let store = MemoryFileStore(ElfFixture.program.file)
    let task = firstTask
    var machine = try machineWithBuffer()
    try machine.addFile("/bin/program", store)
    try machine.store(task, firstBuffer, [1])
    let start = try machine.exec(
      task, "/bin/program", arguments: ["program", "-x"], environment: ["A=1"])
    machine.validate()
    #expect(start.entry == 0x401000)
    let found = machine.addressSpace(of: task)
    let space = try #require(found)
    #expect(
      areas(space) == [
        "401-402 r-xp 1 file", "403-404 rw-p 2 file", "404-407 rw-p 0",
        "7ffffffde-7ffffffff rw-p 0",
      ])
    #expect(try machine.load(task, 0x401000, count: 2) == [0x90, 0xc3])
    #expect(try machine.load(task, 0x403100, count: 6) == [1, 2, 3, 4, 0, 0])
    #expect(try machine.load(task, 0x403104, count: 0x2ffc).allSatisfy { $0 == 0 })
    // What is written stays with the task.
    try machine.store(task, 0x403100, [9])
    #expect(store.contents == ElfFixture.program.file)
    #expect(throws: Signal(.segmentationNoRight, address: 0x401000)) {
      try machine.store(task, 0x401000, [1])
    }
    #expect(throws: Signal(.segmentationNoArea, address: firstBuffer)) {
      try machine.touch(task, firstBuffer, .read)
    }
    // The heap begins behind the last page of .bss.
    #expect(space.heapStart == 0x407000)
    #expect(try machine.sbrk(task, 4096) == 0x407000)
    try machine.store(task, 0x407000, [1])
    // argc, argv, envp; and the stack grows.
    let words = try machine.load(task, start.stackPointer, count: 48).words
    #expect([words[0], words[3], words[5]] == [2, 0, 0])
    #expect(try machine.load(task, words[1], count: 8) == Array("program\0".utf8))
    #expect(try machine.load(task, words[2], count: 3) == Array("-x\0".utf8))
    #expect(try machine.load(task, words[4], count: 4) == Array("A=1\0".utf8))
    #expect(start.stackPointer % 16 == 0)
    try machine.store(task, start.stackPointer - 1 << 20, [1])
    #expect(machine.counters.stackGrowths == 1)
    machine.validate()
    machine.exit(task)
    machine.validate()
  }

  @Test("a task runs another program; descriptors survive unless they were to close; fork shares")
  func again() throws {
    let task = firstTask
    var machine = try machineWithBuffer()
    try machine.addFile("/bin/program", MemoryFileStore(ElfFixture.program.file))
    let kept = try machine.open(task, "/bin/program")
    let closed = try machine.open(task, "/bin/program", [.closeOnExec])
    let child = try machine.fork(task)
    for runner in [task, child, task] {
      try machine.exec(runner, "/bin/program")
      #expect(try machine.load(runner, 0x403100, count: 1) == [1])
      try machine.store(runner, 0x403100, [UInt8(runner.rawValue)])
      machine.validate()
    }
    #expect(machine.openFile(task, kept) != nil)
    #expect(machine.openFile(task, closed) == nil)
    #expect(machine.task(task)?.name == "program")
    // The text is in memory once.
    #expect(machine.counters.pgpgin == 12)
    machine.exit(task)
    #expect(try machine.load(child, 0x403100, count: 1) == [UInt8(child.rawValue)])
    machine.exit(child)
    machine.validate()
  }

  @Test("a thread that runs a program leaves the others' memory alone")
  func thread() throws {
    let task = firstTask
    var machine = try machineWithBuffer()
    try machine.addFile("/bin/program", MemoryFileStore(ElfFixture.program.file))
    let thread = try machine.clone(task)
    try machine.store(thread, firstBuffer, [5])
    try machine.exec(thread, "/bin/program")
    #expect(try machine.load(task, firstBuffer, count: 1) == [5])
    #expect(throws: Signal.self) { try machine.touch(thread, firstBuffer, .read) }
    machine.validate()
  }

  @Test("what is no program is refused in one line, and the task goes on as before")
  func garbage() throws {
    let task = firstTask
    var machine = try machineWithBuffer()
    var library = ElfFixture.program
    library.segments[1].offset += 1
    var reversed = ElfFixture.program
    reversed.segments.reverse()
    var interpreted = ElfFixture.program
    interpreted.segments.append(
      ElfFixture.Segment(
        type: 3, flags: 4, offset: 0x800, address: 0, bytes: Array("/none\0".utf8), memoryBytes: 6))
    let files: [(name: String, bytes: [UInt8], reason: String)] = [
      ("empty", [], "not an ELF file: only 0 bytes"),
      ("text", Array(repeating: 0x23, count: 100), "not an ELF file"),
      ("short", Array(ElfFixture.program.file[..<100]), "program headers lie beyond the end"),
      ("offset", library.file, "offset and address differ within the page"),
      ("order", reversed.file, "not behind the segment before it"),
      (
        "object",
        {
          var o = ElfFixture.program; o.type = 1; return o.file
        }(), "type 1"
      ),
    ]
    for (name, bytes, reason) in files {
      try machine.addFile(name, MemoryFileStore(bytes))
      #expect(throws: Errno.notExecutable, "\(name)") { try machine.exec(task, name) }
      let said =
        switch try machine.elfImage(of: name) {
        case .success: "nothing"
        case .failure(let error): "\(error)"
        }
      #expect(said.contains(reason), "\(name): \(said)")
      #expect(!said.contains("\n"))
    }
    try machine.addFile("interpreted", MemoryFileStore(interpreted.file))
    #expect(throws: Errno.noEntry) { try machine.exec(task, "interpreted") }
    try machine.addFile("/none", MemoryFileStore([1, 2, 3]))
    #expect(throws: Errno.libraryBad) { try machine.exec(task, "interpreted") }
    #expect(throws: Errno.noEntry) { try machine.exec(task, "nowhere") }
    try machine.addFile("program", MemoryFileStore(ElfFixture.program.file))
    #expect(throws: Errno.tooBig) {
      try machine.exec(
        task, "program", arguments: [String](repeating: "argument", count: 1 << 18))
    }
    try machine.touch(task, firstBuffer, .write)
    machine.validate()
  }

  @Test("no header, however broken, ends the process")
  func fuzz() throws {
    let valid = ElfFixture.program.file
    for seed in 1...UInt64(isLong ? 200_000 : 3000) {
      var random = SplitMix64(seed: seed)
      var file = valid
      for _ in 0...random.next(upperBound: 4) {
        let place = Int(random.next(upperBound: 64 + 2 * 56))
        let special: [UInt8] = [0, 1, 0x7f, 0x80, 0xff, UInt8(truncatingIfNeeded: random.next())]
        file[place] = special[Int(random.next(upperBound: UInt64(special.count)))]
      }
      if random.next(upperBound: 4) == 0 {
        file.removeLast(Int(random.next(upperBound: UInt64(file.count))))
      }
      guard (try? ElfImage(file)) != nil else { continue }
      // Whatever passes can be loaded, or there is no room.
      var machine = try machineWithBuffer(frames: 512)
      try machine.addFile("program", MemoryFileStore(file))
      _ = try? machine.exec(firstTask, "program")
      machine.validate()
    }
  }
}

/// Areas as /proc/PID/maps has them, in pages.
func areas(_ space: AddressSpace) -> [String] {
  var lines: [String] = []
  space.forEachArea { area in
    let kind = area.isShared ? "s" : "p"
    let offset = area.isAnonymous ? "0" : String(area.offset, radix: 16) + " file"
    lines.append(
      String(area.start, radix: 16) + "-" + String(area.end, radix: 16)
        + " \(area.flags.protection)\(kind) \(offset)")
  }
  return lines
}

extension [UInt8] {
  /// Little-endian words.
  var words: [UInt64] {
    stride(from: 0, to: count - 7, by: 8).map { start in
      (0..<8).reduce(0) { $0 | UInt64(self[start + $1]) << UInt64(8 * $1) }
    }
  }
}
