import CFrameAllocator

/// What a plugin can do beside allocating and freeing: the capability bits of version 1.0.
public struct PluginCapabilities: OptionSet, Hashable, Sendable {
  public let rawValue: UInt64

  public init(rawValue: UInt64) { self.rawValue = rawValue }

  public static let threads = PluginCapabilities(rawValue: FRAMELAB_THREADS)
  public static let partialFree = PluginCapabilities(rawValue: FRAMELAB_PARTIAL_FREE)
  public static let claim = PluginCapabilities(rawValue: FRAMELAB_CLAIM)
  public static let release = PluginCapabilities(rawValue: FRAMELAB_RELEASE)
  public static let isFree = PluginCapabilities(rawValue: FRAMELAB_IS_FREE)
  public static let counts = PluginCapabilities(rawValue: FRAMELAB_COUNTS)
  public static let drain = PluginCapabilities(rawValue: FRAMELAB_DRAIN)
  public static let holes = PluginCapabilities(rawValue: FRAMELAB_HOLES)

  /// Every known bit with its word, in the order of the header.
  public static let known: [(capability: PluginCapabilities, word: String)] = [
    (.threads, "threads"), (.partialFree, "partial_free"), (.claim, "claim"),
    (.release, "release"), (.isFree, "is_free"), (.counts, "counts"), (.drain, "drain"),
    (.holes, "holes"),
  ]

  /// The words of the bits that are known and set.
  public var words: [String] { Self.known.filter { contains($0.capability) }.map(\.word) }
}
