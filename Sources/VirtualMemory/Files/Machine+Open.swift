extension Machine {
  /// Enters a file into the machine under a name, by which `open` and `exec` find it.
  ///
  /// Errors: EEXIST, EINVAL (no name).
  @discardableResult
  public mutating func addFile(_ name: String, _ store: any FileStore) throws(Errno) -> FileID {
    guard !name.isEmpty else { throw .invalid }
    guard fileSystem.names[name] == nil else { throw .exists }
    let file = file(of: store)
    if !files[file].name.isEmpty {
      // A second name would need a count of links.
      dropFile(file)
      throw .exists
    }
    files[file].name = name
    fileSystem.names[name] = file
    return file
  }

  /// unlink: takes a name away. Who has the file open keeps it.
  ///
  /// Errors: ENOENT.
  public mutating func unlink(_ name: String) throws(Errno) {
    guard let file = fileSystem.names.removeValue(forKey: name) else { throw .noEntry }
    files[file].name = ""
    dropFile(file)
  }

  /// open: the lowest free descriptor for the file of that name. O_CREAT makes an empty one in memory.
  ///
  /// Errors: ENOENT, EEXIST (O_CREAT with O_EXCL), EACCES (writing to a store that cannot be written),
  /// EMFILE, EINVAL (rights), and what the store says to O_TRUNC.
  public mutating func open(
    _ task: TaskID, _ name: String, _ flags: OpenFlags = .readOnly
  ) throws(Errno) -> Int32 {
    if let file = fileSystem.names[name] {
      guard !flags.isSuperset(of: [.create, .exclusive]) else { throw .exists }
      return try open(task, file, flags)
    }
    guard flags.contains(.create) else { throw .noEntry }
    return try open(task, addFile(name, MemoryFileStore()), flags)
  }

  /// Opens the file behind a store, which has a name only if it was given one.
  ///
  /// Errors: as for a name.
  public mutating func open(
    _ task: TaskID, _ store: any FileStore, _ flags: OpenFlags = .readOnly
  ) throws(Errno) -> Int32 {
    let file = file(of: store)
    defer { dropFile(file) }
    return try open(task, file, flags)
  }

  /// The file of a store, made if the machine has none; one more user is counted.
  mutating func file(of store: any FileStore) -> FileID {
    let key = ObjectIdentifier(store)
    if let file = fileSystem.stores[key] {
      retainFile(file)
      return file
    }
    let file = files.add { MachineFile(id: $0, name: "", store: store, size: store.size) }
    fileSystem.stores[key] = file
    return file
  }

  private mutating func open(
    _ task: TaskID, _ file: FileID, _ flags: OpenFlags
  ) throws(Errno) -> Int32 {
    elapsed += costs.systemCall
    guard flags.rawValue & 3 != 3 else { throw .invalid }
    if flags.mayWrite, files[file].store?.isWritable == false { throw .access }
    if flags.contains(.truncate), flags.mayWrite { try truncate(file, 0) }
    let failures = files[file].failureCount
    let opening = fileSystem.openings.add { _ in
      OpenFile(file, flags, reportedFailure: failures)
    }
    let entry = OpenFileTable.Entry(
      opening: opening, closesOnExec: flags.contains(.closeOnExec))
    guard let descriptor = tasks[task].openFiles.add(entry) else {
      fileSystem.openings.remove(opening)
      throw .tooManyFiles
    }
    retainFile(file)
    note(.systemCall("open", page: 0, count: 0), task)
    return descriptor
  }

  /// close. Dirty pages stay in the cache of a file that somebody else knows, and are written back
  /// otherwise.
  ///
  /// Errors: EBADF.
  public mutating func close(_ task: TaskID, _ descriptor: Int32) throws(Errno) {
    elapsed += costs.systemCall
    guard let entry = tasks[task].openFiles[descriptor] else { throw .badFile }
    tasks[task].openFiles.remove(descriptor)
    dropOpening(entry.opening)
    note(.systemCall("close", page: 0, count: 0), task)
  }

  /// dup: another descriptor for the same opening, with the same offset.
  ///
  /// Errors: EBADF, EMFILE.
  public mutating func dup(_ task: TaskID, _ descriptor: Int32) throws(Errno) -> Int32 {
    elapsed += costs.systemCall
    guard let entry = tasks[task].openFiles[descriptor] else { throw .badFile }
    let copy = OpenFileTable.Entry(opening: entry.opening, closesOnExec: false)
    guard let added = tasks[task].openFiles.add(copy) else { throw .tooManyFiles }
    fileSystem.openings[entry.opening].users += 1
    return added
  }

  /// The opening behind a descriptor, as a copy to look at.
  public func openFile(_ task: TaskID, _ descriptor: Int32) -> OpenFile? {
    guard tasks.has(task) else { return nil }
    return tasks[task].openFiles[descriptor].map { fileSystem.openings[$0.opening] }
  }

  /// fstat.
  ///
  /// Errors: EBADF.
  public func fstat(_ task: TaskID, _ descriptor: Int32) throws(Errno) -> FileStatus {
    guard let opening = openFile(task, descriptor), let status = status(of: opening.file) else {
      throw .badFile
    }
    return status
  }

  /// What is known of a file; nil when it is gone.
  public func status(of file: FileID) -> FileStatus? {
    guard files.has(file) else { return nil }
    let known = files[file]
    return FileStatus(
      id: file, name: known.name, size: known.size, cachedPages: known.pages.count,
      dirtyPages: known.pages.dirtyCount)
  }

  /// The file that has a name.
  public func file(named name: String) -> FileID? { fileSystem.names[name] }

  // MARK: Users

  /// Gives a child the descriptors of its parent.
  mutating func shareOpenFiles(_ parent: TaskID, with child: TaskID) {
    let table = tasks[parent].openFiles
    tasks[child].openFiles = table
    for (_, entry) in table.all { fileSystem.openings[entry.opening].users += 1 }
  }

  /// Closes the descriptors of a task: all, or those that exec closes.
  mutating func closeFiles(_ task: TaskID, onExec: Bool = false) {
    for (descriptor, entry) in tasks[task].openFiles.all where !onExec || entry.closesOnExec {
      tasks[task].openFiles.remove(descriptor)
      dropOpening(entry.opening)
    }
  }

  private mutating func dropOpening(_ opening: OpenFileID) {
    fileSystem.openings[opening].users -= 1
    guard fileSystem.openings[opening].users == 0 else { return }
    let file = fileSystem.openings[opening].file
    fileSystem.openings.remove(opening)
    dropFile(file)
  }
}
