internal import MemoryUnits
internal import PageFrames

/// Compaction of a machine's memory: its settings, what it remembers of the zone, and kcompactd.
struct Compaction: Sendable {
  var settings: CompactionSettings
  var zone: CompactionZone
  var daemon = BackgroundCompactor()
  /// Beyond Linux: who chooses the block of direct compaction in place of the scanners.
  var planner: BlockPlanner?

  init(_ configuration: MachineConfiguration) {
    settings = configuration.compaction
    zone = CompactionZone(
      FrameRange(start: FrameNumber(0), count: configuration.frameCount),
      configuration.compaction.pageblockOrder)
  }
}
