import MemoryUnits
import PageFrames
import Translation
import VirtualMemory

/// The simulated machine as a world: a task for each process.
class MachineWorld: World {
  let sequence: OperationSequence
  var machine: Machine
  var tasks: [UInt8: TaskID] = [:]

  class var configuration: MachineConfiguration { MachineConfiguration(frameCount: 2048) }

  required init(_ sequence: OperationSequence) {
    self.sequence = sequence
    machine = Machine(Self.configuration)
    do {
      let task = try machine.spawn("first")
      tasks[0] = task
      if sequence.heap != 0 { try? machine.setHeapStart(task, sequence.heap) }
      for file in 0..<OperationSequence.files { try prepareFile(file, task) }
      try machine.mmap(
        task, at: Self.scratch, length: 4096, .readWrite, [.private, .anonymous, .fixed])
    } catch { fatalError("a machine without room for a task") }
  }

  /// Where a task keeps the byte that it writes to a file.
  private static let scratch: UInt64 = 0x20_0000_0000

  /// Opens a file as descriptor `file` and brings all of it into the page cache.
  private func prepareFile(_ file: Int, _ task: TaskID) throws {
    let count = sequence.fileBytes[file]
    let bytes = (0..<Int(count)).map { OperationSequence.fileByte(file, $0) }
    _ = try machine.open(task, MemoryFileStore(bytes), .readWrite)
    guard count > 0 else { return }
    let place = try machine.mmap(
      task, length: count, .read, [.private], descriptor: Int32(file))
    try machine.madvise(task, place, length: count, .populateRead)
    try machine.munmap(task, place, length: count)
  }

  func perform(_ operation: Operation) -> Answer {
    guard let task = tasks[operation.process] else { return .failed(.noChild) }
    var answer = Answer()
    do {
      answer = try result(operation, task)
    } catch let error as Errno {
      answer.value = -Int64(error.rawValue)
    } catch let signal as Signal {
      answer.value = Int64(bitPattern: signal.address)
      (answer.signal, answer.code) = Self.numbers(signal)
    } catch { fatalError("\(error)") }
    if sequence.seed % 8 == 0 || operation.kind == .sweep { machine.validate() }
    observe(task, &answer)
    return answer
  }

  private static func numbers(_ signal: Signal) -> (UInt8, UInt8) {
    switch signal.kind {
    case .segmentationNoArea: (11, 1)
    case .segmentationNoRight: (11, 2)
    case .busError: (7, 2)
    case .killed: (9, 0)
    }
  }

  private func result(_ operation: Operation, _ task: TaskID) throws -> Answer {
    let (address, length) = (operation.address, operation.length)
    let protection = Protection(rawValue: Int32(operation.protection))
    switch operation.kind {
    case .nothing: break
    case .mmap:
      let placed = try machine.mmap(
        task, at: address, length: length, protection,
        MapFlags(rawValue: Int32(bitPattern: operation.flags)),
        descriptor: Int32(operation.file) - 1, offset: operation.other)
      return try answer(task, placed, length)
    case .munmap: try machine.munmap(task, address, length: length)
    case .mprotect: try machine.mprotect(task, address, length: length, protection)
    case .mremap:
      let placed = try machine.mremap(
        task, address, oldLength: length, newLength: operation.otherLength,
        RemapFlags(rawValue: Int32(bitPattern: operation.flags)), to: operation.other)
      return try answer(task, placed, operation.otherLength)
    case .madvise:
      let advice = Advice(rawValue: Int32(bitPattern: operation.flags))
      try machine.madvise(task, address, length: length, advice)
    case .mlock:
      guard operation.flags & ~Linux.lockOnFault == 0 else { return .failed(.invalid) }
      try machine.mlock(task, address, length: length, onFault: operation.flags != 0)
    case .munlock: try machine.munlock(task, address, length: length)
    case .msync:
      try machine.msync(
        task, address, length: length, SyncFlags(rawValue: Int32(bitPattern: operation.flags)))
    case .read: return Answer(value: Int64(try machine.load(task, address, count: 1)[0]))
    case .write:
      try machine.store(task, address, [UInt8(truncatingIfNeeded: operation.flags)])
    case .fork: tasks[UInt8(operation.other)] = try machine.fork(task)
    case .end:
      guard let child = tasks.removeValue(forKey: UInt8(operation.other)) else {
        return .failed(.noChild)
      }
      machine.exit(child)
    case .sweep: return Answer(hashes: (0..<sequence.pages).map { hash(task, $0) })
    case .fileWrite:
      try machine.store(task, Self.scratch, [UInt8(truncatingIfNeeded: operation.flags)])
      let count = try machine.pwrite(
        task, Int32(operation.file) - 1, Self.scratch, count: 1, offset: Int(operation.address))
      return Answer(value: Int64(count))
    case .truncate: try machine.ftruncate(task, Int32(operation.file) - 1, Int(length))
    case .brk: return Answer(value: Int64(machine.brk(task, operation.address)))
    case .mincore: return .failed(.badFile)
    }
    return Answer()
  }

  /// A place outside of the range is given up at once, as the oracle does.
  private func answer(_ task: TaskID, _ placed: UInt64, _ length: UInt64) throws -> Answer {
    if sequence.base <= placed, placed < sequence.end { return Answer(value: Int64(placed)) }
    try machine.munmap(task, placed, length: length)
    return Answer(value: Answer.outside)
  }

  private func hash(_ task: TaskID, _ page: Int) -> UInt64 {
    do {
      let bytes = try machine.load(task, sequence.base + UInt64(page) * 4096, count: 4096)
      return PlainPage.hash((0..<512).map { bytes.uint64($0 * 8) })
    } catch {
      let (signal, code) = Self.numbers(error)
      return UInt64(signal) << 8 | UInt64(code)
    }
  }

  // MARK: Observation

  private func observe(_ task: TaskID, _ answer: inout Answer) {
    guard let space = machine.addressSpace(of: task) else { return }
    let first = Int(sequence.base / Linux.pageBytes)
    let numbers = (0..<OperationSequence.files).map {
      machine.openFile(task, Int32($0))?.file
    }
    var readable = [Bool](repeating: false, count: sequence.pages)
    space.forEachArea { area in
      guard area.end > first, area.start < first + sequence.pages else { return }
      answer.areas.append(view(area, numbers))
      guard !area.protection.isEmpty else { return }
      for page in max(area.start, first)..<min(area.end, first + sequence.pages) {
        readable[page - first] = true
      }
    }
    answer.pages = (0..<sequence.pages).map { view(task, first + $0, readable[$0]) }
  }

  private func view(_ area: Area, _ files: [FileID?]) -> AreaView {
    var permissions = UInt8(area.protection.rawValue)
    if area.isShared { permissions |= 8 }
    return AreaView(
      start: UInt64(area.start) * 4096, end: UInt64(area.end) * 4096,
      offset: area.isAnonymous ? 0 : UInt64(area.offset) * 4096, permissions: permissions,
      file: area.isAnonymous
        ? 0
        : files.firstIndex { $0 == area.file }.map { UInt8($0 + 1) } ?? PlainFile.sharedAnonymous)
  }

  private func view(_ task: TaskID, _ page: Int, _ isReadable: Bool) -> PageView {
    let found = machine.pagemap(task, page: page)
    var view = PageView()
    if found.isSwapped { view.state |= PageView.swapped }
    guard found.isPresent else { return view }
    view.state |= PageView.present
    if found.isFile { view.state |= PageView.file }
    if found.isZero { view.state |= PageView.zero }
    guard isReadable else { return view }
    view.sampled = true
    for (index, offset) in OperationSequence.sampleOffsets.enumerated() {
      let place = UInt64(found.frame.rawValue) << 12 + UInt64(offset)
      view.bytes |= UInt32(machine.contents.byte(at: place)) &<< UInt32(8 * index)
    }
    return view
  }
}

extension Area {
  var protection: Protection { flags.protection }
}
