/// A file of memory references of any known format, told apart by its content: a recording of ours, or
/// lackey's text, plain, .gz or .zst.
public struct AccessInput: AccessSource, ~Copyable {
  // One of the two is there.
  private var recording: AccessTraceReader?
  private var lackey: LackeyReader?

  /// Whether `init` takes the file for what it reads. A file that cannot be read is none.
  public static func recognises(path: String) -> Bool {
    switch try? TraceKind.of(path: path) {
    case .access: true
    case .heap, .snapshot: false
    case nil: LackeyReader.recognises(path: path)
    }
  }

  /// - Throws: when the file cannot be opened or read, or has no sound beginning.
  public init(path: String) throws(TraceError) {
    if try TraceKind.of(path: path) != nil {
      recording = try AccessTraceReader(path: path)
      lackey = nil
    } else {
      recording = nil
      lackey = try LackeyReader(path: path)
    }
  }

  public mutating func next(_ batch: inout [AccessRecord]) throws(TraceError) -> Bool {
    if let given = try recording?.next(&batch) { return given }
    if let given = try lackey?.next(&batch) { return given }
    return false
  }

  /// Where the references come from.
  public var origin: String {
    switch recording {
    case .some(let recording): recording.origin
    case nil: "lackey"
    }
  }

  /// What a reader of results has to know, one sentence each. Complete at the end of the reading.
  public var caveats: [String] {
    switch recording {
    case .some(let recording): recording.caveats
    case nil:
      switch lackey {
      case .some(let lackey): lackey.caveats
      case nil: []
      }
    }
  }
}
