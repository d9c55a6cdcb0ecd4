/// The caches of one core for data and instructions: what a translated access finds.
///
/// Lines are known by physical address. The set of a first-level line lies within the page offset in
/// every preset, so that choosing it by the virtual address, as processors do, is the same. A miss
/// enters the line on every level above the one that had it; a level drops its least recently used line
/// and the other levels keep theirs (neither inclusive nor exclusive). Stores enter lines as loads do.
public struct DataCaches {
  /// Where an access found its line.
  public enum Level: Int, CaseIterable, Sendable {
    case first = 1
    case second, third, memory
  }

  /// Lookups of one cache.
  public struct Counts: Hashable, Sendable {
    public var hits: Int
    public var misses: Int
  }

  private var data: LineStore?
  private var instruction: LineStore?
  private var second: LineStore?
  private var third: LineStore?
  private let lineShift: UInt64

  /// Empty caches. All levels have lines of the size of the first that there is.
  public init(_ geometry: CacheHierarchyGeometry) {
    let all = [geometry.l1Data, geometry.l1Instruction, geometry.l2, geometry.l3].compactMap { $0 }
    precondition(
      Set(all.map { $0.lineBytes }).count <= 1, "the levels of caches have lines of one size")
    lineShift = UInt64(all.first?.offsetBits ?? 6)
    data = geometry.l1Data.map(LineStore.init)
    instruction = geometry.l1Instruction.map(LineStore.init)
    second = geometry.l2.map(LineStore.init)
    third = geometry.l3.map(LineStore.init)
  }

  /// An access to a physical address. A level that the geometry leaves out never has the line.
  @discardableResult
  public mutating func access(_ address: UInt64, _ access: Access) -> Level {
    let line = address &>> lineShift
    let inFirst = access.isExecute ? instruction?.access(line) : data?.access(line)
    if inFirst == true { return .first }
    if second?.access(line) == true { return .second }
    if third?.access(line) == true { return .third }
    return .memory
  }

  public var l1Data: Counts? { data.map(Self.counts) }
  public var l1Instruction: Counts? { instruction.map(Self.counts) }
  public var l2: Counts? { second.map(Self.counts) }
  public var l3: Counts? { third.map(Self.counts) }

  private static func counts(_ store: LineStore) -> Counts {
    Counts(hits: store.hits, misses: store.misses)
  }
}
