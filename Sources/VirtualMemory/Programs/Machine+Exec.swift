internal import MemoryUnits
internal import PageFrames
internal import Translation

/// Where a program that was loaded begins.
public struct ProgramStart: Hashable, Sendable {
  /// The first instruction: the interpreter's where there is one.
  public var entry: UInt64
  /// The stack pointer: argc, the arguments, the environment, the auxiliary vector.
  public var stackPointer: UInt64
  /// What was added to the program's and to its interpreter's addresses.
  public var base: UInt64
  public var interpreterBase: UInt64?
}

extension Machine {
  /// execve: replaces what a task has in memory by a program, laid out as Linux does without
  /// randomization. From the bottom: the program's segments (private, file-backed, what has no bytes in
  /// the file demand-zero), the heap, then at mmap_base, downwards, the interpreter and the libraries,
  /// and below the top the stack. There is no vdso.
  ///
  /// - Parameters:
  ///   - name: of a file of this machine (`addFile`), as are the program's interpreter and `libraries`.
  ///   - libraries: mapped after the program as its interpreter would.
  ///
  /// Errors: ENOENT, ENOEXEC (no program: `elfImage(of:)` says why), ELIBBAD (interpreter or library),
  /// E2BIG, ENOMEM, EIO. The task is as before then, but where the machine runs out of memory behind
  /// the point at which the old areas are gone: it is killed.
  @discardableResult
  public mutating func exec(
    _ task: TaskID, _ name: String, arguments: [String]? = nil, environment: [String] = [],
    libraries: [String] = []
  ) throws(Errno) -> ProgramStart {
    elapsed += costs.systemCall
    chargedGroup = spaces[tasks[task].space].group
    let program = try loadable(name, .notExecutable)
    var others: [Loadable] = []
    if let interpreter = program.image.interpreter {
      others.append(try loadable(interpreter, .libraryBad))
    }
    for library in libraries { others.append(try loadable(library, .libraryBad)) }
    let stack = try StackImage(
      name: name, arguments: arguments ?? [name], environment: environment,
      limit: spaces[tasks[task].space].stackLimit << 12)

    let new = try makeSpace(spaces[tasks[task].space].group)
    let files = [program.file] + others.map(\.file)
    for file in files { retainFile(file) }
    defer { for file in files { dropFile(file) } }
    replaceSpace(of: task, by: new)
    closeFiles(task, onExec: true)
    tasks[task].name = String((name.split(separator: "/").last ?? "").prefix(15))
    do {
      let start = try load(program, others, stack, task)
      note(.systemCall("execve", page: 0, count: 0), task)
      return start
    } catch {
      end(task, .killed(Signal(.killed, address: 0)))
      throw error
    }
  }

  /// The headers of a file that has a name; throws why it is no program.
  ///
  /// Errors: ENOENT, EIO.
  public mutating func elfImage(
    of name: String
  ) throws(Errno) -> Result<ElfImage, ElfError> {
    guard let file = fileSystem.names[name] else { throw .noEntry }
    return try elfImage(file)
  }

  // MARK: Before the point of no return

  /// A file and what its headers say.
  struct Loadable {
    let file: FileID
    let image: ElfImage
  }

  private mutating func loadable(_ name: String, _ failure: Errno) throws(Errno) -> Loadable {
    guard let file = fileSystem.names[name] else { throw .noEntry }
    switch try elfImage(file) {
    case .success(let image): return Loadable(file: file, image: image)
    case .failure: throw failure
    }
  }

  private mutating func elfImage(_ file: FileID) throws(Errno) -> Result<ElfImage, ElfError> {
    var failure: Errno?
    do throws(ElfError) {
      let image = try ElfImage(size: files[file].size) { offset, count throws(ElfError) in
        do throws(Errno) {
          return try kernelRead(file, offset, count)
        } catch {
          failure = error
          throw ElfError("\(error)")
        }
      }
      return .success(image)
    } catch {
      if let failure { throw failure }
      return .failure(error)
    }
  }

  /// Reads bytes that a file has through the page cache, for the kernel itself.
  mutating func kernelRead(_ file: FileID, _ offset: Int, _ count: Int) throws(Errno) -> [UInt8] {
    var bytes: [UInt8] = []
    var state = ReadAhead()
    while bytes.count < count {
      let place = offset + bytes.count
      let part = min(4096 - place & 4095, count - bytes.count)
      let request = (offset + count + 4095) >> 12 - place >> 12
      switch cachePage(file, place >> 12, request: request, &state) {
      case .frame(let frame, _):
        if contents.keepsData {
          contents.append(frame, offset: place & 4095, count: part, to: &bytes)
        } else if let store = files[file].store {
          // A machine without bytes still has programs.
          bytes += try store.readPage(place >> 12)[place & 4095..<place & 4095 + part]
        } else {
          bytes += [UInt8](repeating: 0, count: part)
        }
      case .unreadable(let error): throw error
      case .outOfMemory: throw .noMemory
      }
    }
    return bytes
  }

  /// Gives a task another address space; the old one goes unless other tasks run in it.
  private mutating func replaceSpace(of task: TaskID, by new: SpaceID) {
    let old = tasks[task].space
    let stackLimit = spaces[old].stackLimit
    spaces[new].stackLimit = stackLimit
    // The core loads the new tables when the task goes on.
    for core in cores where core.task == task { core.task = nil }
    tasks[task].space = new
    dropSpace(old)
  }
}
