internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Users of files and openings, marks of dirty pages, and the order of the files that have some.
  mutating func validateFileSystem() {
    var openings: [OpenFileID: Int] = [:]
    for task in tasks.all {
      for (_, entry) in tasks[task].openFiles.all { openings[entry.opening, default: 0] += 1 }
    }
    var users: [FileID: Int] = [:]
    for opening in fileSystem.openings.all {
      let known = fileSystem.openings[opening]
      expect(
        known.users == openings[opening, default: 0], "descriptors are miscounted", known.users)
      users[known.file, default: 0] += 1
    }
    expect(fileSystem.openings.count == openings.count, "an opening is lost", openings.count)
    for (name, file) in fileSystem.names {
      expect(files.has(file) && files[file].name == name, "a name has another file", 0)
      users[file, default: 0] += 1
    }
    var dirty = 0
    for file in files.all {
      let known = files[file]
      let areas = known.mappings.entries.count
      expect(
        known.users == areas + users[file, default: 0], "users of a file are miscounted",
        known.users)
      dirty += validateDirtyPages(known)
    }
    expect(dirty == fileSystem.dirtyPages, "dirty pages are miscounted", dirty)
    var last: UInt64 = 0
    for file in fileSystem.dirtyFiles {
      expect(
        files.has(file) && files[file].pages.dirtyCount > 0, "a clean file is to be flushed", 0)
      expect(files[file].dirtiedAt >= last, "files are flushed out of order", 0)
      last = files[file].dirtiedAt
    }
  }

  private mutating func validateDirtyPages(_ file: MachineFile) -> Int {
    guard file.store != nil else { return 0 }
    var dirty = 0
    for (index, frame) in file.pages.pages(in: 0..<Int.max) {
      let isDirty = file.pages.isDirty(index)
      expect(index < file.pageCount, "a page behind the end is cached", index)
      expect(
        isDirty == memory.frames.has(.dirty, frame), "a cached page is marked otherwise", index)
      if isDirty { dirty += 1 } else { validateClean(frame, index) }
    }
    expect(dirty == file.pages.dirtyCount, "dirty pages of a file are miscounted", dirty)
    expect(
      fileSystem.dirtyFiles.count { $0 == file.id } == (dirty > 0 ? 1 : 0),
      "a file is not where the flusher looks", dirty)
    return dirty
  }

  /// A write to a clean page must be noticed: no entry may allow one, or have seen one.
  private mutating func validateClean(_ frame: FrameNumber, _ index: Int) {
    guard memory.frames.mappings(of: frame) > 0 else { return }
    for mapping in mappings(of: frame) {
      let entry = entry(mapping.space, mapping.page)
      expect(!entry.isWritable && !entry.isDirty, "a clean page of a file may be written", index)
    }
  }
}
