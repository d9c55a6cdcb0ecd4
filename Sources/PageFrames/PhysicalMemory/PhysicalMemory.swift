public import MemoryUnits

/// The page frames of one machine: the descriptors of all frames and the zone that hands them out
/// (one node, one zone). Upper floors take it as `inout`.
///
/// The allocator must have been made over `frames`; it keeps the descriptor array alive by itself.
public struct PhysicalMemory<
  Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver
>: ~Copyable {
  /// Owner, references and mappings of every frame.
  public var frames: FrameTable
  public var zone: Zone<Allocator, Observer>

  public init(
    frames: consuming FrameTable, allocator: consuming Allocator, watermarks: Watermarks,
    observer: Observer
  ) {
    self.frames = frames
    zone = Zone(allocator, watermarks: watermarks, observer: observer)
  }

  @inlinable
  public var freeFrames: Int { zone.freeFrames }

  /// The frames that the allocator manages, free and allocated.
  @inlinable
  public var range: FrameRange { zone.range }
}

/// Physical memory under Linux's buddy system with nobody watching.
public typealias ListBuddyMemory = PhysicalMemory<ListBuddy<NoObserver>, NoObserver>

extension PhysicalMemory where Allocator == ListBuddy<NoObserver>, Observer == NoObserver {
  /// Frames 0..<frameCount, all free, with Linux's watermarks for a machine of this size.
  public init(frameCount: Int, settings: ZoneSettings = ZoneSettings()) {
    self.init(frameCount: frameCount, watermarks: settings.watermarks(managed: frameCount))
  }

  public init(frameCount: Int, watermarks: Watermarks) {
    let frames = FrameTable(frameCount: frameCount)
    let buddy = ListBuddy(FrameRange(start: FrameNumber(0), count: frameCount), in: frames)
    self.init(
      frames: frames, allocator: buddy, watermarks: watermarks, observer: NoObserver())
  }
}

/// Physical memory under the model of Linux's allocator, with one core and nobody watching.
public typealias LinuxBuddyMemory = PhysicalMemory<LinuxBuddy<NoObserver>, NoObserver>

extension PhysicalMemory where Allocator == LinuxBuddy<NoObserver>, Observer == NoObserver {
  /// Frames 0..<frameCount, all free, with Linux's watermarks for a machine of this size.
  public init(
    frameCount: Int, settings: ZoneSettings = ZoneSettings(), policy: LinuxPolicy = LinuxPolicy()
  ) {
    let frames = FrameTable(frameCount: frameCount)
    let buddy = LinuxBuddy(
      FrameRange(start: FrameNumber(0), count: frameCount), in: frames, policy: policy)
    self.init(
      frames: frames, allocator: buddy, watermarks: settings.watermarks(managed: frameCount),
      observer: NoObserver())
  }
}

/// Physical memory under the row buddy, with one core and nobody watching.
public typealias RowBuddyMemory = PhysicalMemory<RowBuddy<NoSteps>, NoObserver>

extension PhysicalMemory where Allocator == RowBuddy<NoSteps>, Observer == NoObserver {
  /// Frames 0..<frameCount, all free, with Linux's watermarks for a machine of this size.
  public init(frameCount: Int, settings: ZoneSettings = ZoneSettings()) {
    self.init(
      frames: FrameTable(frameCount: frameCount),
      allocator: RowBuddy(FrameRange(start: FrameNumber(0), count: frameCount), coreCount: 1),
      watermarks: settings.watermarks(managed: frameCount), observer: NoObserver())
  }
}
