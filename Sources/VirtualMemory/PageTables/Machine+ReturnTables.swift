internal import MemoryUnits
internal import PageFrames
internal import Translation

extension Machine {
  /// Gives the frame of an empty table back to the allocator, and in batches what stands behind such
  /// frames to the host.
  mutating func freeTable(_ table: FrameNumber) {
    freeFrame(table)
    freedTables.append(table)
    if freedTables.count >= Self.returnBatch { returnTables() }
  }

  /// Frames of tables that are given back to the host together, those of 8 GiB: most have been taken
  /// again by then, and need no call. They keep at most 16 MiB of host memory.
  private static var returnBatch: Int { 4096 }

  /// Gives back the host memory of freed tables whose frames nobody has taken since.
  private mutating func returnTables() {
    var run = FrameRange(start: FrameNumber(0), count: 0)
    for frame in freedTables.sorted() where memory.zone.allocator.isFree(frame) {
      if run.isEmpty || run.end != frame {
        contents.discard(run)
        run = FrameRange(start: frame, count: 0)
      }
      run.count += 1
    }
    contents.discard(run)
    freedTables.removeAll(keepingCapacity: true)
  }
}
