import MemoryUnits

extension FrameSnapshot {
  /// Whether a file begins like a snapshot.
  public static func recognises(path: String) -> Bool {
    TraceReader.isRecording(path, kind: .snapshot)
  }

  /// Reads a snapshot as a whole: half of one would give a wrong answer.
  ///
  /// - Throws: when the file cannot be read, is no snapshot, is damaged or cut short.
  public static func load(path: String) throws(TraceError) -> FrameSnapshot {
    var reader = try TraceReader(path: path, kind: .snapshot)
    var loading = SnapshotLoading(path: path)
    while let block = try reader.next() { try loading.take(block) }
    return try loading.finished()
  }
}

/// A snapshot while its blocks are read.
private struct SnapshotLoading {
  let path: String
  private var snapshot = FrameSnapshot(origin: "framelab")
  /// Frames that the last zone says it has.
  private var expected = 0
  private var hasMetadata = false
  private var isSealed = false
  private var frames = 0

  init(path: String) { self.path = path }

  mutating func take(_ block: TraceBlock) throws(TraceError) {
    guard let type = SnapshotBlockType(rawValue: block.header.type) else { return }
    guard hasMetadata != (type == .metadata), !isSealed else {
      throw error(block, "a block out of place; expected metadata first and the end last")
    }
    guard let first = block.sections.first else {
      throw error(block, "a block without content; expected a section")
    }
    let section = block.bytes[first]
    switch type {
    case .metadata:
      snapshot.origin = TraceMetadata(bytes: section)["origin"] ?? "framelab"
      hasMetadata = true
    case .owners:
      let lines = String(decoding: section, as: UTF8.self).split(
        separator: "\n", omittingEmptySubsequences: false)
      snapshot.ownerNames += lines.dropLast().map(String.init)
      guard snapshot.ownerNames.count <= 1 << 16 else {
        throw error(block, "\(snapshot.ownerNames.count) owners; expected at most 65,536")
      }
    case .caveat: snapshot.caveats.append(String(decoding: section, as: UTF8.self))
    case .zone: try takeZone(TraceMetadata(bytes: section), block)
    case .frames: try takeFrames(block)
    case .end:
      try endZone(block)
      let end = TraceMetadata(bytes: section)
      guard end.number("frames") == UInt64(frames),
        end.number("zones") == UInt64(snapshot.zones.count)
      else {
        throw error(block, "blocks are missing before the end; expected as many as it counts")
      }
      isSealed = true
    }
  }

  private mutating func takeZone(
    _ metadata: TraceMetadata, _ block: TraceBlock
  ) throws(TraceError) {
    try endZone(block)
    let before = snapshot.zones.last?.range.end.index ?? 0
    guard let name = metadata["zone"], let node = metadata.number("node"), node < 1 << 16,
      let start = metadata.number("first_frame"), let count = metadata.number("frames"),
      start < 1 << 32, count < 1 << 32, start + count < 1 << 32, count == 0 || start >= before
    else {
      throw error(
        block, "no sound zone; expected zone, node, first_frame and frames, ascending, below 16 TiB"
      )
    }
    var zone = FrameSnapshot.Zone(
      node: Int(node), name: name, start: FrameNumber(Int(start)), states: [])
    zone.watermarkMin = metadata.number("watermark_min_frames")
    zone.watermarkLow = metadata.number("watermark_low_frames")
    zone.heldFrames = metadata.number("held_frames")
    if let blocks = metadata["free_blocks"] {
      let counts = blocks.split(separator: " ").map { UInt64($0) }
      guard counts.count <= 32, counts.allSatisfy({ $0.map { $0 < 1 << 32 } ?? false }) else {
        throw error(block, "free_blocks '\(blocks)'; expected numbers, one for each order")
      }
      zone.freeBlocks = counts.compactMap { $0 }
    }
    expected = Int(count)
    snapshot.zones.append(zone)
  }

  private mutating func takeFrames(_ block: TraceBlock) throws(TraceError) {
    guard var zone = snapshot.zones.popLast() else {
      throw error(block, "frames before any zone; expected a zone")
    }
    let states = block.bytes[block.sections[0]]
    guard states.count == Int(block.header.count),
      block.header.firstStamp == UInt64(zone.range.end.index),
      zone.states.count + states.count <= expected
    else { throw error(block, "frames of another place; expected those behind the last ones") }
    let hasOwners = block.sections.count > 1
    guard zone.states.isEmpty || hasOwners != zone.owners.isEmpty else {
      throw error(block, "owners of some frames only; expected all or none")
    }
    if hasOwners {
      let bytes = Array(block.bytes[block.sections[1]])
      guard bytes.count == 2 * states.count else {
        throw error(block, "\(bytes.count) bytes of owners; expected two for each frame")
      }
      for index in 0..<states.count {
        let owner = UInt16(bytes[2 * index]) | UInt16(bytes[2 * index + 1]) << 8
        guard Int(owner) < snapshot.ownerNames.count else {
          throw error(
            block,
            "owner \(owner) has no name; expected at most "
              + "\(snapshot.ownerNames.count - 1)")
        }
        zone.owners.append(owner)
      }
    }
    zone.states += states
    frames += states.count
    snapshot.zones.append(zone)
  }

  private func endZone(_ block: TraceBlock) throws(TraceError) {
    guard let zone = snapshot.zones.last, zone.states.count != expected else { return }
    throw error(
      block, "zone \(zone.name) has \(zone.states.count) frames; expected \(expected)")
  }

  func finished() throws(TraceError) -> FrameSnapshot {
    guard isSealed else {
      throw TraceError(path: path, message: "a snapshot without its end; expected a whole one")
    }
    return snapshot
  }

  private func error(_ block: TraceBlock, _ message: String) -> TraceError {
    TraceError(path: path, place: block.place, message: message)
  }
}
