public import MemoryUnits

/// Frames of one kind, and of one owner where the source knows it, that keep blocks of an order from
/// becoming free.
public struct Blocker: Hashable, Sendable, Codable {
  public var kind: FrameState
  /// In the source's own words: a task, a memory group, a slab cache. Nil: all frames of the kind.
  public var owner: String?
  /// Such frames of the zone, in whole blocks or not.
  public var frames: UInt64
  /// Blocks in which at least one of them lies. Blockers of several kinds share blocks.
  public var blocks: UInt64
  /// Blocks in which nothing else stays: they could be freed if these frames went.
  public var blocksAlone: UInt64

  public init(
    kind: FrameState, owner: String? = nil, frames: UInt64, blocks: UInt64, blocksAlone: UInt64
  ) {
    self.kind = kind
    self.owner = owner
    self.frames = frames
    self.blocks = blocks
    self.blocksAlone = blocksAlone
  }

  enum CodingKeys: String, CodingKey {
    case kind, owner, frames, blocks
    case blocksAlone = "blocks_alone"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    let name = try values.decode(String.self, forKey: .kind)
    guard let kind = FrameState(key: name) else {
      throw DecodingError.dataCorruptedError(
        forKey: .kind, in: values, debugDescription: "'\(name)' is no state of frames")
    }
    self.kind = kind
    owner = try values.decodeIfPresent(String.self, forKey: .owner)
    frames = try values.decode(UInt64.self, forKey: .frames)
    blocks = try values.decode(UInt64.self, forKey: .blocks)
    blocksAlone = try values.decode(UInt64.self, forKey: .blocksAlone)
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encode(kind.key, forKey: .kind)
    try values.encodeIfPresent(owner, forKey: .owner)
    try values.encode(frames, forKey: .frames)
    try values.encode(blocks, forKey: .blocks)
    try values.encode(blocksAlone, forKey: .blocksAlone)
  }
}

extension FrameState {
  /// The name of the state in files and in JSON.
  public var key: String {
    switch self {
    case .reserved: "reserved"
    case .free: "free"
    case .heldByCore: "held_by_core"
    case .movable: "movable"
    case .unmovable: "unmovable"
    case .slab: "slab"
    case .pageTable: "page_table"
    case .fileCache: "file_cache"
    case .hugePage: "huge_page"
    case .pinned: "pinned"
    case .unknown: "unknown"
    case .cleanFile: "clean_file"
    }
  }

  public init?(key: String) {
    guard let state = FrameState.allCases.first(where: { $0.key == key }) else { return nil }
    self = state
  }
}
