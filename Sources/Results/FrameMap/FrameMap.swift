public import Foundation

/// What every frame of a machine was used for, at some moments of a run. Made by `FrameMapWriter`,
/// whose comment has the format.
public struct FrameMap: Sendable {
  public let machineFrames: Int
  public let framesPerTile: Int
  /// Samples that the run had.
  public let offeredSamples: Int
  /// The samples in this map by their number among the offered ones, ascending.
  public let sampleIndices: [Int]
  /// Their times, ns.
  public let timesNs: [UInt64]
  /// Whether the map knows which instance a tile belongs to.
  public let hasOwners: Bool
  private let payloads: [[UInt8]]

  public var tileCount: Int { (machineFrames + framesPerTile - 1) / framesPerTile }

  /// One moment of a map.
  public struct Moment: Sendable {
    public var timeNs: UInt64
    var planes: FrameMapPlanes

    /// Raw values of `FrameState`, one per frame.
    public var states: [UInt8] { planes.states }
    /// Per tile, the instance with the most frames in it plus one; 0 for nobody.
    public var owners: [UInt8] { planes.owners }
    /// Per tile, that instance's share of the owned frames, percent.
    public var ownerShares: [UInt8] { planes.shares }
    /// Per tile, the number of instances with frames in it.
    public var ownerCounts: [UInt8] { planes.counts }
  }

  /// Reads a map; `path` is only for the words of an error.
  public init(_ data: Data, path: String) throws(ResultError) {
    func bad(_ message: String) -> ResultError {
      ResultError(.badInput, path: path, message: message)
    }
    let bytes: [UInt8]
    do {
      bytes = try Gzip.inflate([UInt8](data), limit: 2 * FrameMapWriter.inflatedBudget)
    } catch .tooLarge {
      throw bad("inflates to more than \(2 * FrameMapWriter.inflatedBudget) bytes: no frame map")
    } catch {
      throw bad("is cut off or no gzip file; a frame map was expected")
    }
    var cursor = 0
    func read32() throws(ResultError) -> Int {
      guard cursor + 4 <= bytes.count else {
        throw bad("offset \(cursor): the header ends too early")
      }
      defer { cursor += 4 }
      return (0..<4).reduce(0) { $0 | Int(bytes[cursor + $1]) << (8 * $1) }
    }
    guard bytes.starts(with: FrameMapWriter.magic) else {
      throw bad("offset 0: is no frame map: FLFRAMES was expected")
    }
    cursor = FrameMapWriter.magic.count
    let version = try read32()
    guard version == Int(FrameMapWriter.version) else {
      throw bad("frame map version \(version), this framelab reads \(FrameMapWriter.version)")
    }
    machineFrames = try read32()
    framesPerTile = try read32()
    offeredSamples = try read32()
    let kept = try read32()
    hasOwners = try read32() != 0
    // A machine of 16 TiB has 2^32 frames, but no map of one is drawn frame by frame.
    guard machineFrames > 0, machineFrames <= 1 << 30, framesPerTile > 0 else {
      throw bad("offset 12: \(machineFrames) frames in tiles of \(framesPerTile) is impossible")
    }
    guard kept <= (bytes.count - cursor) / 16 else {
      throw bad("offset 24: \(kept) samples are more than the file can hold")
    }
    var indices = [Int]()
    var times = [UInt64]()
    var lengths = [Int]()
    for _ in 0..<kept {
      indices.append(try read32())
      let low = try read32()
      times.append(UInt64(low) | UInt64(try read32()) << 32)
      lengths.append(try read32())
    }
    var payloads = [[UInt8]]()
    for length in lengths {
      guard length <= bytes.count - cursor else {
        throw bad("offset \(cursor): a sample of \(length) bytes ends behind the file")
      }
      payloads.append(Array(bytes[cursor..<cursor + length]))
      cursor += length
    }
    guard cursor == bytes.count else { throw bad("offset \(cursor): more bytes than announced") }
    guard indices == indices.sorted(), times == times.sorted(),
      (indices.last ?? -1) < offeredSamples
    else { throw bad("offset 32: samples are not in ascending order") }
    sampleIndices = indices
    timesNs = times
    self.payloads = payloads
    // Every payload is applied once here, so that nothing can fail later.
    var planes = FrameMapPlanes(frames: machineFrames, tiles: tileCount, hasOwners: hasOwners)
    for (number, payload) in payloads.enumerated() {
      guard planes.apply(payload.span) else {
        throw bad("sample \(number) is damaged: its runs do not fit the machine")
      }
    }
  }

  /// Reads the map at a path.
  public static func read(_ path: String) throws(ResultError) -> FrameMap {
    guard let data = FileManager.default.contents(atPath: path) else {
      throw ResultError(.badInput, path: path, message: "cannot be read")
    }
    return try FrameMap(data, path: path)
  }

  /// Calls `body` with every moment in order.
  public func forEachMoment(_ body: (Moment) throws -> Void) rethrows {
    var planes = FrameMapPlanes(frames: machineFrames, tiles: tileCount, hasOwners: hasOwners)
    for (timeNs, payload) in zip(timesNs, payloads) {
      let isWhole = planes.apply(payload.span)
      guard isWhole else { fatalError("frame map: a payload changed after it was checked") }
      try body(Moment(timeNs: timeNs, planes: planes))
    }
  }

  /// The same map in a file of at most about `budget` bytes, with fewer samples if need be.
  public func encoded(budget: Int) -> Data {
    var writer = FrameMapWriter(
      machineFrames: machineFrames, framesPerTile: framesPerTile, hasOwners: hasOwners,
      budget: budget)
    var number = 0
    forEachMoment { moment in
      writer.append(index: sampleIndices[number], timeNs: moment.timeNs, moment.planes)
      number += 1
    }
    return writer.finish(offered: offeredSamples)
  }
}
