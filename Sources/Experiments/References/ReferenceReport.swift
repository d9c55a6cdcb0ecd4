public import Translation

/// What a run of references counted beside the MMU.
public struct ReferenceCounts: Hashable, Sendable {
  public internal(set) var references = 0
  /// References in two pages, which took two translations.
  public internal(set) var crossings = 0
  /// First touches of pages.
  public internal(set) var faults = 0
  /// Translations of addresses that the processor refuses; nothing is mapped there.
  public internal(set) var nonCanonical = 0
  public internal(set) var pages = 0
  /// Frames of page tables, the root among them.
  public internal(set) var tables = 0
  /// CPU time of the thread for reading and translating, ns.
  public internal(set) var processorNs: UInt64 = 0
}

public struct ReferenceReport: Sendable {
  public var counts: ReferenceCounts
  public var counters: MMUCounters
  public var geometry: TranslationGeometry

  /// Nil before anything was measured.
  public var referencesPerSecond: Double? {
    counts.processorNs == 0 ? nil : Double(counts.references) / Double(counts.processorNs) * 1e9
  }
}
