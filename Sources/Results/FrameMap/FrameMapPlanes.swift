/// Everything that a frame map keeps of one moment: one byte per frame, and per tile who sits there.
struct FrameMapPlanes: Sendable {
  /// Raw values of `FrameState`, one per frame.
  var states: [UInt8]
  /// Per tile, the instance that has the most frames of it: 0 nobody, 1...254 instance, 255 a higher
  /// one. Empty when the source does not know owners, like the next two.
  var owners: [UInt8]
  /// Per tile, the owner's share of all owned frames, percent, rounded.
  var shares: [UInt8]
  /// Per tile, how many instances have frames in it, at most 255.
  var counts: [UInt8]

  init(frames: Int, tiles: Int, hasOwners: Bool) {
    states = [UInt8](repeating: 0, count: frames)
    owners = [UInt8](repeating: 0, count: hasOwners ? tiles : 0)
    shares = owners
    counts = owners
  }

  /// The change from one moment to another: the four planes, each `varint(length) delta`.
  static func delta(from old: FrameMapPlanes, to new: FrameMapPlanes) -> [UInt8] {
    var output = [UInt8]()
    func append(_ delta: [UInt8]) {
      FrameMapDelta.append(delta.count, to: &output)
      output.append(contentsOf: delta)
    }
    append(FrameMapDelta.encode(from: old.states.span, to: new.states.span))
    append(FrameMapDelta.encode(from: old.owners.span, to: new.owners.span))
    append(FrameMapDelta.encode(from: old.shares.span, to: new.shares.span))
    append(FrameMapDelta.encode(from: old.counts.span, to: new.counts.span))
    return output
  }

  /// Applies a change, forward or back; false when it does not fit.
  mutating func apply(_ payload: Span<UInt8>) -> Bool {
    var cursor = 0
    return Self.apply(payload, &cursor, to: &states) && Self.apply(payload, &cursor, to: &owners)
      && Self.apply(payload, &cursor, to: &shares) && Self.apply(payload, &cursor, to: &counts)
      && cursor == payload.count
  }

  private static func apply(
    _ payload: Span<UInt8>, _ cursor: inout Int, to plane: inout [UInt8]
  ) -> Bool {
    guard
      let length = FrameMapDelta.read(payload, &cursor), length <= payload.count - cursor
    else { return false }
    defer { cursor += length }
    return FrameMapDelta.apply(payload.extracting(cursor..<cursor + length), to: &plane)
  }

  /// Sets owner planes from one owner per frame: 0 nobody, 1...254 instance, 255 a higher one.
  mutating func setOwners(_ frames: Span<UInt8>, framesPerTile: Int) {
    var histogram = [Int](repeating: 0, count: 256)
    for tile in owners.indices {
      let range = tile * framesPerTile..<min((tile + 1) * framesPerTile, frames.count)
      var present = [UInt8]()
      for frame in range {
        let owner = frames[frame]
        guard owner != 0 else { continue }
        if histogram[Int(owner)] == 0 { present.append(owner) }
        histogram[Int(owner)] += 1
      }
      var best: UInt8 = 0
      var total = 0
      for owner in present {
        let count = histogram[Int(owner)]
        total += count
        let leader = best == 0 ? 0 : histogram[Int(best)]
        if count > leader || (count == leader && owner < best) { best = owner }
      }
      owners[tile] = best
      shares[tile] = best == 0 ? 0 : UInt8((histogram[Int(best)] * 100 + total / 2) / total)
      counts[tile] = UInt8(min(present.count, 255))
      for owner in present { histogram[Int(owner)] = 0 }
    }
  }
}
