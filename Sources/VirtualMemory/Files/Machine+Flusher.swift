internal import MemoryUnits
internal import PageFrames

/// When dirty pages are written back without anybody asking, by Linux's names in /proc/sys/vm.
public struct DirtyLimits: Hashable, Sendable {
  /// Per cent of free and file pages that may be dirty before the flusher starts.
  public var dirtyBackgroundRatio = 10
  /// Per cent at which whoever writes waits for the flusher.
  public var dirtyRatio = 20
  /// How long a page may stay dirty.
  public var dirtyExpireCentisecs = 3000
  /// How often the flusher looks for such pages; 0 for never.
  public var dirtyWritebackCentisecs = 500

  public init() {}
}

extension Machine {
  /// Pages that the flusher writes of one file before it goes on to the next.
  static var flusherChunk: Int { 1024 }

  /// Lets the flusher run if it is due: called wherever pages become dirty or time goes by. It is no
  /// thread here; what it writes is in the store when the call returns, and costs time only where
  /// the writer of a page has to wait for it.
  mutating func runFlusher() {
    guard fileSystem.dirtyPages > 0 else { return }
    let limits = configuration.dirtyLimits
    if limits.dirtyWritebackCentisecs > 0, elapsed >= fileSystem.nextFlush {
      fileSystem.nextFlush = elapsed + UInt64(limits.dirtyWritebackCentisecs) * 10_000_000
      flushExpired(UInt64(limits.dirtyExpireCentisecs) * 10_000_000)
    }
    // Free and file pages: what dirty pages are a part of.
    let dirtyable =
      memory.freeFrames
      + groups.reduce(0) { $0 + $1.lists.inactiveFile.count + $1.lists.activeFile.count }
    // At least the page that is being written, which must not become clean under the writer's hands.
    let background = max(dirtyable * limits.dirtyBackgroundRatio / 100, 16)
    guard fileSystem.dirtyPages > background else { return }
    let written = counters.pgpgout
    let mustWait = fileSystem.dirtyPages > dirtyable * limits.dirtyRatio / 100
    flushDown(to: background)
    if mustWait { elapsed += (counters.pgpgout &- written) / 4 * costs.writePage }
  }

  /// Lets simulated time go by without any task running: the flusher, kswapd and kcompactd go
  /// on.
  public mutating func idle(nanoseconds: UInt64) {
    elapsed += nanoseconds
    runFlusher()
    runReclaimer()
    runCompactor()
    runKhugepaged()
  }

  /// Writes the files whose oldest dirty page is older than `age` ns.
  private mutating func flushExpired(_ age: UInt64) {
    for file in fileSystem.dirtyFiles {
      guard elapsed - files[file].dirtiedAt >= age else { return }
      flush(file, limit: .max)
    }
  }

  /// Writes the files that have been dirty for longest, each from where the flusher left it, until no
  /// more than `target` pages are dirty.
  private mutating func flushDown(to target: Int) {
    while fileSystem.dirtyPages > target {
      let before = fileSystem.dirtyPages
      for file in fileSystem.dirtyFiles where fileSystem.dirtyPages > target {
        flush(file, limit: Self.flusherChunk)
      }
      // Nothing can be written: the next attempt is the timer's, or that of fsync.
      if fileSystem.dirtyPages == before { return }
    }
  }

  private mutating func flush(_ file: FileID, limit: Int) {
    let from = files[file].writeBackIndex
    let all = files[file].pageCount
    let dirty = files[file].pages.dirtyCount
    writeBack(file, min(from, all)..<all, limit: limit)
    if files[file].pages.dirtyCount > 0, dirty - files[file].pages.dirtyCount < limit {
      writeBack(file, 0..<min(from, all), limit: limit)
      files[file].writeBackIndex = 0
    } else {
      let next = files[file].pages.pages(in: min(from, all)..<all, onlyDirty: true).first?.index
      files[file].writeBackIndex = next ?? 0
    }
    // What is still dirty counts as dirtied now, and the other files come first.
    if files[file].pages.dirtyCount > 0 {
      files[file].dirtiedAt = stamp
      fileSystem.dirtyFiles.removeAll { $0 == file }
      fileSystem.dirtyFiles.append(file)
    }
  }
}
