/// Reads the traces of the CMU malloc lab: four header integers (suggested heap size, number of
/// ids, number of operations, weight), then one operation per line: `a id size`, `r id size`,
/// `f id`. `f -1` is a free of the null pointer.
struct RepReader {
  private let options: ForeignOptions
  private var builder = ForeignTraceBuilder()
  /// The live objects. Ids need not be dense, whatever the header says.
  private var slotByID: [UInt64: UInt32] = [:]
  private var ids: UInt64 = 0
  private var operations: UInt64 = 0
  private var nullFrees = 0

  /// More ids or operations than that are a damaged header.
  private static let limit: UInt64 = 1 << 32

  private init(options: ForeignOptions) { self.options = options }

  /// Whether a file that begins with this line is one of these: a line that is a single number.
  static func recognises(_ line: inout LineScanner) -> Bool {
    line.skip(0)
    return line.number(base: 10) != nil && line.isAtEnd()
  }

  /// Reads from the current line of `scanner` to the end.
  static func read(
    _ scanner: inout LineScanner, options: ForeignOptions
  ) throws(TraceError) -> HeapTrace {
    var reader = RepReader(options: options)
    var header: [UInt64] = []
    let names = ["suggested heap size", "number of ids", "number of operations", "weight"]
    repeat {
      scanner.skip(0)
      if scanner.isAtEnd() { continue }
      guard header.count < names.count else {
        reader.ids = header[1]
        try reader.readOperation(&scanner)
        continue
      }
      guard let value = scanner.number(base: 10), value <= limit, scanner.isAtEnd() else {
        throw scanner.error("expected the \(names[header.count]), an integer up to 2^32")
      }
      header.append(value)
    } while try scanner.nextLine()
    guard header.count == names.count else {
      throw scanner.error(
        "the file ends in the header; expected the \(names[header.count]) next")
    }
    return try reader.finish(scanner, operations: header[2])
  }

  private mutating func readOperation(_ line: inout LineScanner) throws(TraceError) {
    let expected = "expected 'a id size', 'r id size' or 'f id'"
    let kind = line.byte(0)
    guard line.byte(1) == UInt8(ascii: " ") else { throw line.error(expected) }
    line.skip(1)
    operations += 1
    if kind == UInt8(ascii: "f"), line.text == "f -1" {
      nullFrees += 1
      return
    }
    guard let id = line.number(base: 10) else { throw line.error(expected) }
    guard id < ids else {
      throw line.error("id \(id); the header promises \(ids) ids, counted from 0")
    }
    let slot = slotByID[id]
    if kind == UInt8(ascii: "f") {
      guard line.isAtEnd() else { throw line.error(expected) }
      guard let slot else { throw line.error("free of id \(id), which is not allocated") }
      builder.free(slot)
      slotByID[id] = nil
      return
    }
    guard let size = line.number(base: 10), size < 1 << 47, line.isAtEnd() else {
      throw line.error(expected + ", the size below 2^47")
    }
    switch (kind, slot) {
    case (UInt8(ascii: "a"), nil):
      slotByID[id] = try allocate(size, line)
    case (UInt8(ascii: "a"), .some):
      throw line.error("id \(id) is allocated twice without a free")
    case (UInt8(ascii: "r"), .some(let slot)):
      builder.reallocate(slot, size)
    case (UInt8(ascii: "r"), nil):
      throw line.error("realloc of id \(id), which is not allocated")
    default:
      throw line.error(expected)
    }
  }

  private mutating func allocate(
    _ size: UInt64, _ line: borrowing LineScanner
  ) throws(TraceError) -> UInt32 {
    if let slot = builder.allocate(size) { return slot }
    throw line.error("more than 2^32 objects live at once")
  }

  private mutating func finish(
    _ line: borrowing LineScanner, operations expected: UInt64
  ) throws(TraceError) -> HeapTrace {
    guard operations == expected else {
      throw TraceError(
        path: line.path,
        message: "the header promises \(expected) operations, the file has \(operations)")
    }
    guard !builder.records.isEmpty else {
      throw TraceError(path: line.path, message: "holds no operation")
    }
    guard builder.stampRest(spacingNs: options.eventSpacingNs) else {
      throw TraceError(
        path: line.path, message: "\(operations) operations are too many for the spacing")
    }
    var caveats = [
      "The file has no times: events are laid \(options.eventSpacingNs) ns apart, so what depends "
        + "on time (decay, purging) is not the program's."
    ]
    if nullFrees > 0 { caveats.append("\(nullFrees) frees of the null pointer are left out.") }
    return HeapTrace(
      records: builder.records, slotCount: builder.slotCount, threadCount: 1,
      spanNs: builder.stampNs, origin: "rep", caveats: caveats)
  }
}
