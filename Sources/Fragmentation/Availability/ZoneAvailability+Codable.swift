import MemoryUnits

extension ZoneAvailability: Codable {
  enum CodingKeys: String, CodingKey {
    case node, frames, orders
    case name = "zone"
    case freeFrames = "free_frames"
    case heldFrames = "held_frames"
    case limits = "watermarks"
  }

  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: CodingKeys.self)
    node = try values.decodeIfPresent(Int.self, forKey: .node)
    name = try values.decode(String.self, forKey: .name)
    freeFrames = try values.decode(UInt64.self, forKey: .freeFrames)
    heldFrames = try values.decodeIfPresent(UInt64.self, forKey: .heldFrames)
    limits = try values.decodeIfPresent(LinuxLimits.self, forKey: .limits)
    orders = try values.decode([OrderAvailability].self, forKey: .orders)
    guard let named = try values.decodeIfPresent([String: UInt64].self, forKey: .frames) else {
      return
    }
    var frames: [FrameState: UInt64] = [:]
    for (key, count) in named {
      guard let state = FrameState(key: key) else {
        throw DecodingError.dataCorruptedError(
          forKey: .frames, in: values, debugDescription: "'\(key)' is no state of frames")
      }
      frames[state] = count
    }
    self.frames = frames
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: CodingKeys.self)
    try values.encodeIfPresent(node, forKey: .node)
    try values.encode(name, forKey: .name)
    try values.encodeIfPresent(
      frames.map { frames in Dictionary(uniqueKeysWithValues: frames.map { ($0.key.key, $0.value) })
      },
      forKey: .frames)
    try values.encode(freeFrames, forKey: .freeFrames)
    try values.encodeIfPresent(heldFrames, forKey: .heldFrames)
    try values.encodeIfPresent(limits, forKey: .limits)
    try values.encode(orders, forKey: .orders)
  }
}
