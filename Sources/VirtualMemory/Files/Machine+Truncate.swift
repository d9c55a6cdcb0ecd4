internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// No file is longer, in bytes: page numbers of files have 36 bits.
  static var longestFile: Int { 1 << 48 }

  /// ftruncate: cuts a file, or extends it with zeros. Pages behind the new end vanish from every
  /// mapping, private copies among them.
  ///
  /// Errors: EBADF, EINVAL (negative, or not open for writing), EFBIG, and what the store says.
  public mutating func ftruncate(
    _ task: TaskID, _ descriptor: Int32, _ size: Int
  ) throws(Errno) {
    elapsed += costs.systemCall
    guard size >= 0 else { throw .invalid }
    guard let opening = openFile(task, descriptor) else { throw .badFile }
    guard opening.mayWrite else { throw .invalid }
    try truncate(opening.file, size)
    note(.systemCall("ftruncate", page: 0, count: (size + 4095) >> 12), task)
  }

  mutating func truncate(_ file: FileID, _ size: Int) throws(Errno) {
    guard size <= Self.longestFile else { throw .fileTooLarge }
    if contents.keepsData { try files[file].store?.resize(size) }
    let old = files[file].size
    files[file].size = size
    if size > old {
      zeroTail(file, old)
    } else {
      unmapEverywhere(file, from: files[file].pageCount)
      for (index, _) in files[file].pages.pages(in: files[file].pageCount..<Int.max) {
        removeCachedPage(file, index)
      }
      files[file].evictions.drop(from: (size + 4095) >> 12)
      dropSwapped(file, files[file].pageCount..<Int.max)
      zeroTail(file, size)
    }
  }

  /// Zeroes what lies behind `end` in its page, as far as it is cached: it must read as zero when the
  /// file grows over it.
  mutating func zeroTail(_ file: FileID, _ end: Int) {
    let inPage = end & 4095
    guard inPage > 0 else { return }
    zeroSwapped(file, end >> 12, from: inPage)
    guard let frame = files[file].pages[end >> 12] else { return }
    contents.store([UInt8](repeating: 0, count: 4096 - inPage)[...], frame, offset: inPage)
  }

  /// Takes every entry away that maps the file's page `first` or one behind it, with private copies.
  private mutating func unmapEverywhere(_ file: FileID, from first: Int) {
    for mapping in files[file].mappings.entries where mapping.offset + mapping.count > first {
      guard let area = spaces[mapping.space].areas.area(containing: mapping.start) else { continue }
      let skipped = max(0, first - mapping.offset)
      var gather = FlushGather(mapping.space)
      zapPages(
        area, PageRange(start: mapping.start + skipped, count: mapping.count - skipped), &gather)
      finish(&gather)
    }
  }
}
