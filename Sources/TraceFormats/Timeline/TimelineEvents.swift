/// Something that takes time on a track: a fault, a shootdown, a pass of kswapd. Of two on one track
/// that overlap, one lies within the other: viewers draw the inner one below.
public struct TimelineSlice: Hashable, Sendable {
  public var name: String
  /// What it can be filtered by.
  public var category: String
  public var track: TimelineTrack
  public var startNs: UInt64
  public var durationNs: UInt64
  public var arguments: [TimelineArgument]

  public init(
    _ name: String, category: String, on track: TimelineTrack, at startNs: UInt64,
    lasting durationNs: UInt64, _ arguments: [TimelineArgument] = []
  ) {
    self.name = name
    self.category = category
    self.track = track
    self.startNs = startNs
    self.durationNs = durationNs
    self.arguments = arguments
  }
}

/// Something that happens at one moment.
public struct TimelineInstant: Hashable, Sendable {
  /// How far the mark is drawn.
  public enum Scope: String, Sendable {
    case thread = "t"
    case process = "p"
    case everything = "g"
  }

  public var name: String
  public var category: String
  public var track: TimelineTrack
  public var timeNs: UInt64
  public var scope: Scope
  public var arguments: [TimelineArgument]

  public init(
    _ name: String, category: String, on track: TimelineTrack, at timeNs: UInt64,
    scope: Scope = .thread, _ arguments: [TimelineArgument] = []
  ) {
    self.name = name
    self.category = category
    self.track = track
    self.timeNs = timeNs
    self.scope = scope
    self.arguments = arguments
  }
}

/// Values of a curve from one moment on: free frames, resident pages. Several series are drawn on top
/// of each other.
public struct TimelineCounter: Hashable, Sendable {
  public var name: String
  public var process: Int
  public var timeNs: UInt64
  /// Numbers alone; a series keeps its name in all counters of the same name.
  public var series: [TimelineArgument]

  public init(_ name: String, process: Int, at timeNs: UInt64, _ series: [TimelineArgument]) {
    self.name = name
    self.process = process
    self.timeNs = timeNs
    self.series = series
  }
}
