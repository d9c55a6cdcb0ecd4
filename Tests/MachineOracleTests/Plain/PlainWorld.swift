/// The plain model of a sequence: its processes and files.
struct PlainWorld: World {
  let sequence: OperationSequence
  let files: PlainFiles
  var processes: [UInt8: PlainProcess] = [:]

  init(_ sequence: OperationSequence) {
    self.sequence = sequence
    files = PlainFiles(sequence)
    let process = PlainProcess(files)
    process.heapStart = sequence.heap
    process.heapEnd = sequence.heap
    processes[0] = process
  }

  mutating func perform(_ operation: Operation) -> Answer {
    guard let process = processes[operation.process] else { return .failed(.noChild) }
    var answer = result(operation, process)
    sweepDead()
    observe(process, &answer)
    return answer
  }

  private mutating func result(_ operation: Operation, _ process: PlainProcess) -> Answer {
    switch operation.kind {
    case .nothing: return Answer()
    case .mmap: return process.mmap(operation)
    case .munmap: return process.munmap(operation)
    case .mprotect: return process.mprotect(operation)
    case .mremap: return process.mremap(operation)
    case .madvise: return process.madvise(operation)
    case .mlock: return process.mlock(operation, lock: true)
    case .munlock: return process.mlock(operation, lock: false)
    case .msync: return process.msync(operation)
    case .read: return process.access(operation.address, write: nil)
    case .write:
      return process.access(operation.address, write: UInt8(truncatingIfNeeded: operation.flags))
    case .fork:
      processes[UInt8(operation.other)] = process.forked()
      return Answer()
    case .end:
      guard let child = processes.removeValue(forKey: UInt8(operation.other)) else {
        return .failed(.noChild)
      }
      child.unmap(0..<Int.max / 2)
      return Answer()
    case .sweep:
      let first = Int(sequence.base / Linux.pageBytes)
      return Answer(hashes: (first..<first + sequence.pages).map { process.hash($0) })
    case .fileWrite, .truncate: return fileResult(operation)
    case .brk: return process.brk(operation)
    case .mincore: return .failed(.invalid)
    }
  }

  private func fileResult(_ operation: Operation) -> Answer {
    guard operation.file > 0 else { return .failed(.badFile) }
    let file = files.files[Int(operation.file) - 1]
    if operation.kind == .fileWrite {
      file.bytes = max(file.bytes, operation.address + 1)
      file.page(Int(operation.address / 4096))?[Int(operation.address % 4096)] =
        UInt8(truncatingIfNeeded: operation.flags)
      return Answer(value: 1)
    }
    let shrinks = operation.length < file.bytes
    file.bytes = operation.length
    guard shrinks else { return Answer() }
    for index in file.pages.keys where index >= file.pageCount { file.pages[index] = nil }
    if operation.length % 4096 != 0, let last = file.pages[file.pageCount - 1] {
      for offset in Int(operation.length % 4096)..<4096 { last[offset] = 0 }
    }
    // Copies that were made of pages beyond the end go too.
    for process in processes.values {
      for area in process.areas where area.file === file {
        for page in area.start..<area.end where area.offset(at: page) >= file.pageCount {
          process.entries[page] = nil
        }
      }
    }
    return Answer()
  }

  /// Pages that a file no longer has vanish from every process.
  private func sweepDead() {
    for process in processes.values {
      for area in process.areas {
        guard let file = area.file else { continue }
        for page in area.start..<area.end {
          if case .file(let mapped) = process.entries[page],
            file.pages[area.offset(at: page)] !== mapped
          {
            process.entries[page] = nil
          }
        }
      }
    }
  }

  private func observe(_ process: PlainProcess, _ answer: inout Answer) {
    let first = Int(sequence.base / Linux.pageBytes)
    let last = first + sequence.pages
    answer.pages = [PageView](repeating: PageView(), count: sequence.pages)
    for (page, entry) in process.entries where first <= page && page < last {
      var view = PageView(state: PageView.present, sampled: true)
      switch entry {
      case .zero: view.state |= PageView.zero
      case .anonymous(let bytes): view.bytes = bytes.sample
      case .file(let bytes):
        view.bytes = bytes.sample
        view.state |= PageView.file
      }
      answer.pages[page - first] = view
    }
    for area in process.areas where area.end > first && area.start < last {
      answer.areas.append(
        AreaView(
          start: UInt64(area.start) * 4096, end: UInt64(area.end) * 4096,
          offset: area.file == nil ? 0 : UInt64(area.offset) * 4096,
          permissions: UInt8(area.flags.rawValue & 15), file: area.file?.number ?? 0))
      if !area.isAccessible {
        for page in max(area.start, first)..<min(area.end, last) {
          answer.pages[page - first].sampled = false
          answer.pages[page - first].bytes = 0
        }
      }
    }
  }
}

extension PlainProcess {
  /// A child: areas that were written keep their pages, shared until somebody writes; others start
  /// empty.
  func forked() -> PlainProcess {
    let child = PlainProcess(world)
    child.heapStart = heapStart
    child.heapEnd = heapEnd
    for area in areas where !area.flags.contains(.dontFork) {
      var copy = area
      copy.flags.subtract(.anyLock)
      (copy.family, copy.chain) = (nil, [])
      defer { child.areas.append(copy) }
      guard let family = area.family, !area.flags.contains(.wipeOnFork) else { continue }
      clone(area, into: &copy)
      if copy.family == nil {
        let own = PlainFamily(parent: family)
        (own.active, own.users) = (1, 1)
        copy.family = own
        copy.chain.append(own)
      }
      for page in area.start..<area.end {
        child.entries[page] = entries[page]
        if case .anonymous(let shared) = entries[page] { shared.isShared = true }
      }
    }
    return child
  }
}
