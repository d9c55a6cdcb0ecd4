public import Foundation
internal import MemoryUnits

/// Makes the frame map of one repetition: what every frame was used for, over time, in a file of
/// bounded size.
///
/// ```
/// gzip of, all numbers little-endian:
///   "FLFRAMES"  8 bytes          magic
///   version     u32              1
///   frames      u32              frames of the machine
///   tile        u32              frames per tile, 512
///   offered     u32              samples that the run had
///   kept        u32              samples in this file
///   owners      u32              1 when there are owner planes, else 0
///   kept times: index u32, time u64 ns, length u32    the sample's place among the offered ones
///   kept times: payload of that length                 FrameMapPlanes.delta from the sample before
/// ```
/// The first sample is coded against a machine of reserved frames without owners.
///
/// When the file grows beyond its budget, every second sample is dropped, again and again; the last
/// one offered is always kept. The same input gives the same bytes.
public struct FrameMapWriter: Sendable {
  public static let defaultBudget = 4 << 20
  static let magic = Array("FLFRAMES".utf8)
  static let version: UInt32 = 1
  /// Bound on the inflated size, for the readers' sake.
  static let inflatedBudget = 128 << 20

  private struct Kept {
    var index: Int
    var timeNs: UInt64
    var piece: Gzip.Piece
  }

  private let machineFrames: Int
  private let framesPerTile: Int
  private let tiles: Int
  private let hasOwners: Bool
  private let budget: Int
  private var kept = [Kept]()
  private var offered = 0
  /// Every `stride`-th sample offered is kept.
  private var stride = 1
  /// The machine at the last kept sample.
  private var current: FrameMapPlanes
  /// The last sample offered, when it was not kept.
  private var latest: (index: Int, timeNs: UInt64, planes: FrameMapPlanes)?

  /// - Parameters:
  ///   - machineFrames: frames of the machine, at least 1.
  ///   - hasOwners: whether every sample comes with the owner of each frame.
  ///   - budget: bytes that the file may have, about.
  public init(
    machineFrames: Int, framesPerTile: Int = 512, hasOwners: Bool = false,
    budget: Int = defaultBudget
  ) {
    guard machineFrames > 0, framesPerTile > 0 else {
      fatalError("frame map: a machine has frames, got \(machineFrames)")
    }
    self.machineFrames = machineFrames
    self.framesPerTile = framesPerTile
    self.tiles = (machineFrames + framesPerTile - 1) / framesPerTile
    self.hasOwners = hasOwners
    self.budget = budget
    self.current = FrameMapPlanes(frames: machineFrames, tiles: tiles, hasOwners: hasOwners)
  }

  /// Adds a sample; times ascend.
  ///
  /// - Parameters:
  ///   - states: raw values of `FrameState`, one per frame.
  ///   - owners: one per frame, 0 for nobody, instance + 1 up to 254, 255 for all higher ones; only
  ///     with `hasOwners`.
  public mutating func append(timeNs: UInt64, states: [UInt8], owners: [UInt8] = []) {
    guard states.count == machineFrames, owners.count == (hasOwners ? machineFrames : 0) else {
      fatalError(
        "frame map of \(machineFrames) frames: got \(states.count) states, \(owners.count) owners")
    }
    var planes = FrameMapPlanes(frames: 0, tiles: tiles, hasOwners: hasOwners)
    planes.states = states
    if hasOwners { planes.setOwners(owners.span, framesPerTile: framesPerTile) }
    append(index: offered, timeNs: timeNs, planes)
  }

  mutating func append(index: Int, timeNs: UInt64, _ planes: FrameMapPlanes) {
    offered = index + 1
    if index % stride == 0 {
      latest = nil
      keep(index: index, timeNs: timeNs, planes)
      while kept.count > 2, isOverBudget { thin() }
    } else {
      latest = (index, timeNs, planes)
    }
  }

  /// The file's bytes. Nothing can be added afterwards.
  public mutating func finish(offered count: Int? = nil) -> Data {
    if let latest {
      keep(index: latest.index, timeNs: latest.timeNs, latest.planes)
      self.latest = nil
    }
    var header = Self.magic
    func append32(_ value: Int) {
      for shift in [0, 8, 16, 24] { header.append(UInt8(truncatingIfNeeded: value >> shift)) }
    }
    append32(Int(Self.version))
    append32(machineFrames)
    append32(framesPerTile)
    append32(count ?? offered)
    append32(kept.count)
    append32(hasOwners ? 1 : 0)
    for sample in kept {
      append32(sample.index)
      append32(Int(truncatingIfNeeded: sample.timeNs & 0xffff_ffff))
      append32(Int(truncatingIfNeeded: sample.timeNs >> 32))
      append32(sample.piece.count)
    }
    return Data(Gzip.join([Gzip.piece(of: header)] + kept.map(\.piece)))
  }

  private mutating func keep(index: Int, timeNs: UInt64, _ planes: FrameMapPlanes) {
    let piece = Gzip.piece(of: FrameMapPlanes.delta(from: current, to: planes))
    kept.append(Kept(index: index, timeNs: timeNs, piece: piece))
    current = planes
  }

  private var isOverBudget: Bool {
    var deflated = 0
    var inflated = 0
    for sample in kept {
      deflated += sample.piece.deflated.count
      inflated += sample.piece.count
    }
    return deflated > budget || inflated > Self.inflatedBudget
  }

  /// Drops every second sample.
  private mutating func thin() {
    stride *= 2
    var thinned = [Kept]()
    var from = FrameMapPlanes(frames: machineFrames, tiles: tiles, hasOwners: hasOwners)
    var planes = from
    for sample in kept {
      let isWhole = planes.apply(Gzip.bytes(of: sample.piece).span)
      guard isWhole else { fatalError("frame map: a delta made here does not fit") }
      guard sample.index % stride == 0 else { continue }
      var sample = sample
      sample.piece = Gzip.piece(of: FrameMapPlanes.delta(from: from, to: planes))
      thinned.append(sample)
      from = planes
    }
    if let last = kept.last, last.index % stride != 0 {
      // A newer sample that waits is the last one offered; this one is simply dropped.
      latest = latest ?? (last.index, last.timeNs, current)
      current = from
    }
    kept = thinned
  }
}
