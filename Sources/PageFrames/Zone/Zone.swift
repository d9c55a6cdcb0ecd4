public import MemoryUnits

/// A range of frames with one allocator, and the watermarks that say when memory is short.
///
/// The background reclaimer is woken when an allocation finds the zone below low, and may sleep when
/// frees have brought it back to high; `PhysicalMemory` drives it. Every transition is told to the
/// observer and counted.
public struct Zone<Allocator: FrameAllocator & ~Copyable, Observer: ZoneObserver>: ~Copyable {
  public var allocator: Allocator
  /// May be set at any time; takes effect with the next call.
  public var watermarks: Watermarks {
    didSet { allocator.setWatermarks(watermarks) }
  }
  public internal(set) var counters: ZoneCounters
  public var observer: Observer
  /// From the crossing of low until high is reached.
  public internal(set) var isReclaimerAwake: Bool
  /// From the crossing of min until a free brings the zone back to it.
  public internal(set) var isBelowMin: Bool

  public init(_ allocator: consuming Allocator, watermarks: Watermarks, observer: Observer) {
    self.allocator = allocator
    self.watermarks = watermarks
    self.observer = observer
    counters = ZoneCounters()
    isReclaimerAwake = false
    isBelowMin = false
    self.allocator.setWatermarks(watermarks)
  }

  @inlinable
  public var range: FrameRange { allocator.range }

  @inlinable
  public var freeFrames: Int { allocator.freeFrames }

  /// Free frames that the watermarks are compared with: without those that cores hold back.
  @inlinable
  public var listedFrames: Int { allocator.listedFrames }

  /// Takes a block if at least `mark` frames stay free; nil otherwise.
  @inlinable
  mutating func allocate(
    _ order: Order, _ frameClass: FrameClass, core: Int, leaving mark: Int,
    flags: FrameRequestFlags = .wakesReclaimer
  ) -> FrameNumber? {
    allocator.allocate(FrameRequest(order, frameClass, core: core, mark: mark, flags: flags))
  }

  @inlinable
  mutating func free(_ frame: FrameNumber, _ order: Order, core: Int) {
    allocator.free(frame, order, core: core)
    if isReclaimerAwake { noteFreed() }
  }

  /// The same for each of these frames.
  @inlinable
  mutating func freeEach(_ frames: FrameRange, core: Int) {
    guard !isReclaimerAwake else {
      // It sleeps at the frame that reaches the mark.
      for offset in 0..<frames.count { free(frames.start.advanced(by: offset), .base, core: core) }
      return
    }
    allocator.freeEach(frames, core: core)
  }

  /// Notices that frees, or other marks, have lifted the zone over a mark.
  @inline(never)
  public mutating func noteFreed() {
    let free = listedFrames
    if isBelowMin, free >= watermarks.min { isBelowMin = false }
    if free >= watermarks.high + allocator.watermarkBoost {
      isReclaimerAwake = false
      allocator.isReclaimActive = false
      observer.didReachHigh(freeFrames: freeFrames)
    }
  }
}
