/// Reads a recording of memory references batch by batch, in memory that does not grow with the file.
///
/// A recording that is still growing, was cut short or is damaged from some point on gives everything
/// before the first bad block, and a caveat says so.
public struct AccessTraceReader: AccessSource, ~Copyable {
  private var reader: TraceReader
  private let path: String
  /// Nil between two blocks.
  private var block: AccessBlock?
  private var blockPlace = ""
  /// The memory of the last block.
  private var spare: [UInt8] = []
  private var isAtEnd = false
  /// References that were given out.
  private var given: UInt64 = 0

  /// Where the references come from: `lackey`, `generated`.
  public let origin: String
  /// What a reader of results has to know, one sentence each. Complete at the end of the reading.
  public private(set) var caveats: [String] = []
  /// Whether the recording was ended as it should be; false before the end is reached.
  public private(set) var isSealed = false

  /// - Throws: when the file cannot be read, is no recording of memory references, or has no sound
  ///   block at its beginning.
  public init(path: String) throws(TraceError) {
    var reader = try TraceReader(path: path, kind: .access)
    guard let first = try reader.next(), first.header.type == AccessBlockType.metadata.rawValue,
      first.sections.count == 1
    else {
      throw TraceError(path: path, message: "no metadata block: expected one before the references")
    }
    origin = TraceMetadata(bytes: first.bytes[first.sections[0]])["origin"] ?? "framelab"
    self.reader = reader
    self.path = path
  }

  public mutating func next(_ batch: inout [AccessRecord]) throws(TraceError) -> Bool {
    if isAtEnd { return false }
    do {
      if try read(&batch) {
        given += UInt64(batch.count)
        return true
      }
    } catch {
      guard given > 0 else { throw error }
      caveats.append(
        "The recording is damaged or was cut short at \(error.place ?? "its end"): "
          + "what came later is missing.")
    }
    isAtEnd = true
    batch.removeAll(keepingCapacity: true)
    return false
  }

  private mutating func read(_ batch: inout [AccessRecord]) throws(TraceError) -> Bool {
    while block == nil {
      guard let next = try reader.next(reusing: takeSpare()) else {
        if !isSealed {
          caveats.append("The recording was not sealed: what was last recorded is missing.")
        }
        return false
      }
      try take(next)
    }
    let count = min(AccessBatch.limit, block?.remaining ?? 0)
    if batch.count > count {
      batch.removeLast(batch.count - count)
    } else if batch.count < count {
      let filler = AccessRecord(.load, address: 0, size: 1)
      batch.append(contentsOf: repeatElement(filler, count: count - batch.count))
    }
    guard block?.decode(into: &batch) == true else { throw malformed(blockPlace) }
    if block?.remaining == 0 {
      spare = block?.bytes ?? []
      block = nil
    }
    return true
  }

  /// Not kept here too, or it could not be used again.
  private mutating func takeSpare() -> [UInt8] {
    let bytes = spare
    spare = []
    return bytes
  }

  /// Unknown types are passed over: they come from a later minor version.
  private mutating func take(_ next: TraceBlock) throws(TraceError) {
    switch AccessBlockType(rawValue: next.header.type) {
    case .references:
      guard next.header.firstStamp == given else {
        throw damage(next.place, "blocks are missing before this one: expected reference \(given)")
      }
      guard let block = AccessBlock(next) else { throw malformed(next.place) }
      self.block = block.remaining > 0 ? block : nil
      blockPlace = next.place
    case .caveat:
      if let section = next.sections.first {
        caveats.append(String(decoding: next.bytes[section], as: UTF8.self))
      }
    case .end:
      let end = TraceMetadata(bytes: next.bytes[next.sections.first ?? 0..<0])
      guard end.number("references") == given else {
        throw damage(next.place, "blocks are missing before the end: expected as many as it counts")
      }
      isSealed = true
    case .metadata, nil: break
    }
  }

  private func malformed(_ place: String) -> TraceError {
    damage(place, "the content of a block is not what its tags say; expected whole columns")
  }

  private func damage(_ place: String, _ what: String) -> TraceError {
    TraceError(path: path, place: place, message: what)
  }
}
