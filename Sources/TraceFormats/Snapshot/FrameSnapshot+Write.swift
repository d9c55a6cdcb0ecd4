import MemoryUnits

extension FrameSnapshot {
  /// Frames in a block.
  static let framesPerBlock = 1 << 20

  /// Writes the snapshot, under a temporary name until it is complete. What `load` reads equals what was
  /// written.
  public func write(to path: String) throws(TraceError) {
    for zone in zones {
      guard zone.owners.isEmpty || zone.owners.count == zone.states.count,
        zone.owners.allSatisfy({ $0 < ownerNames.count }),
        zone.start.index + zone.states.count <= 1 << 32
      else {
        throw TraceError(
          path: path, place: "zone \(zone.name)",
          message: "cannot be written: expected an owner with a name for every frame")
      }
    }
    var writer = try TraceWriter(path: path, kind: .snapshot)
    do {
      try writeBlocks(to: &writer)
    } catch {
      writer.discard()
      throw error
    }
    try writer.commit()
  }

  private func writeBlocks(to writer: inout TraceWriter) throws(TraceError) {
    func append(_ type: SnapshotBlockType, _ section: [UInt8]) throws(TraceError) {
      try writer.append(type: type.rawValue, count: 0, sections: [section])
    }
    try append(.metadata, TraceMetadata(["origin": origin]).bytes)
    let names = ownerNames.dropFirst().map { name in
      String(name.map { $0.isNewline ? " " : $0 }) + "\n"
    }
    if !names.isEmpty { try append(.owners, Array(names.joined().utf8)) }
    for caveat in caveats { try append(.caveat, Array(caveat.utf8)) }
    for zone in zones {
      try append(.zone, zone.metadata.bytes)
      try zone.writeFrames(to: &writer)
    }
    let frames = zones.reduce(0) { $0 + $1.states.count }
    try append(.end, TraceMetadata(["zones": "\(zones.count)", "frames": "\(frames)"]).bytes)
  }
}

extension FrameSnapshot.Zone {
  fileprivate var metadata: TraceMetadata {
    var metadata = TraceMetadata([
      "node": "\(node)", "zone": name, "first_frame": "\(start.index)",
      "frames": "\(states.count)",
    ])
    metadata["watermark_min_frames"] = watermarkMin.map { "\($0)" }
    metadata["watermark_low_frames"] = watermarkLow.map { "\($0)" }
    metadata["held_frames"] = heldFrames.map { "\($0)" }
    metadata["free_blocks"] = freeBlocks.map { $0.map { "\($0)" }.joined(separator: " ") }
    return metadata
  }

  fileprivate func writeFrames(to writer: inout TraceWriter) throws(TraceError) {
    var first = 0
    while first < states.count {
      let end = min(first + FrameSnapshot.framesPerBlock, states.count)
      var sections = [Array(states[first..<end])]
      if !owners.isEmpty {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(2 * (end - first))
        for owner in owners[first..<end] {
          bytes.append(UInt8(truncatingIfNeeded: owner))
          bytes.append(UInt8(truncatingIfNeeded: owner >> 8))
        }
        sections.append(bytes)
      }
      try writer.append(
        type: SnapshotBlockType.frames.rawValue, count: end - first,
        firstStamp: UInt64(start.index + first), sections: sections)
      first = end
    }
  }
}
