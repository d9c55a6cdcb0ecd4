public import MemoryUnits

/// Linux's types of pageblocks and free lists (`enum migratetype`).
@frozen
public enum Migratetype: UInt8, CaseIterable, Sendable {
  case unmovable = 0
  case movable = 1
  case reclaimable = 2
  /// Reserved for high-order requests that cannot wait.
  case highAtomic = 3
  /// Lent by a contiguous-memory area to movable frames.
  case cma = 4
  /// Its free frames are handed to nobody.
  case isolate = 5

  /// The type of a class's requests (`gfp_migratetype`).
  @inlinable
  public init(_ frameClass: FrameClass) {
    switch frameClass {
    case .movable: self = .movable
    case .unmovable: self = .unmovable
    case .reclaimable: self = .reclaimable
    }
  }

  /// What a frame of the pageblock is best asked for as; whatever must not be filled by moving frames
  /// in counts as unmovable.
  public var frameClass: FrameClass {
    switch self {
    case .movable, .cma: .movable
    case .reclaimable: .reclaimable
    case .unmovable, .highAtomic, .isolate: .unmovable
    }
  }

  /// Whether blocks of it merge with those of another such type at and above pageblock order
  /// (`migratetype_is_mergeable`).
  public var isMergeable: Bool { rawValue < Self.isolatedFrom }

  /// Types from here on keep to themselves.
  @inlinable
  static var isolatedFrom: UInt8 { 3 }

  /// Where a request of a type looks when its own lists are empty, the first choice first
  /// (`fallbacks` in mm/page_alloc.c, since 3.19).
  public var fallbacks: [Migratetype] {
    switch self {
    case .unmovable: [.reclaimable, .movable]
    case .movable: [.reclaimable, .unmovable]
    case .reclaimable: [.unmovable, .movable]
    default: []
    }
  }
}

extension Migratetype {
  /// The type of movable pageblocks in tainted superpageblocks, by which their free blocks have lists of
  /// their own (`LinuxPolicy.superpageblockOrder`). To the outside they are movable.
  static var lent: Int { 6 }

  /// `fallbacks` by number, without an array: the first and the second choice of types 0...2.
  @inlinable
  static func fallback(_ type: Int, _ choice: Int) -> Int {
    switch (type, choice) {
    case (0, 0): 2
    case (0, _): 1
    case (1, 0): 2
    case (1, _): 0
    case (_, 0): 0
    default: 1
    }
  }
}
