/// Reads what heaptrack 1.4 writes: interpreted files, which name the allocation class of every
/// event, and `--raw` files, which name the pointer.
///
/// Lines, numbers in hex: `v` versions, `X` command, `I` page size and pages, `a size trace` an
/// allocation class, `+ class` and `- class`, or raw `+ size trace pointer` and `- pointer`,
/// `c` milliseconds, `R` resident pages. Strings, modules, traces and instruction pointers say who
/// allocated, which a replay does not need.
struct HeaptrackReader {
  private let options: ForeignOptions
  private var builder = ForeignTraceBuilder()
  private var residentSamples: [ResidentSample] = []
  private var pageBytes: UInt64 = 0
  /// The command of an `X` line may go on over several lines; `I` ends it.
  private var isInCommand = false
  /// Bytes of a string with line breaks that are still to come.
  private var stringRest = 0
  private var fileVersion: UInt64 = 0
  private var ticks = 0

  /// Objects by pointer, in raw files.
  private var slotByPointer: [UInt64: UInt32] = [:]
  private var classes: [AllocationClass] = []
  /// The object behind this one in the list of its class, by slot.
  private var next: [UInt32] = []
  /// Which of the two kinds the file is, from its first event on.
  private var isRaw: Bool?

  private var unknownFrees = 0
  private var missedFrees = 0

  private static let newestFileVersion: UInt64 = 3
  private static let none = UInt32.max

  /// The live objects of one size and call path, as a list in the order in which they are freed.
  private struct AllocationClass {
    var size: UInt64
    var first = HeaptrackReader.none
    var last = HeaptrackReader.none
  }

  private init(options: ForeignOptions) { self.options = options }

  /// Whether a file that begins with this line is one of heaptrack's.
  static func recognises(_ line: borrowing LineScanner) -> Bool {
    line.byte(0) == UInt8(ascii: "v") && line.byte(1) == UInt8(ascii: " ")
  }

  /// Reads from the current line of `scanner` to the end.
  static func read(
    _ scanner: inout LineScanner, options: ForeignOptions
  ) throws(TraceError) -> HeapTrace {
    var reader = HeaptrackReader(options: options)
    repeat { try reader.readLine(&scanner) } while try scanner.nextLine()
    return try reader.finish(scanner)
  }

  private mutating func readLine(_ line: inout LineScanner) throws(TraceError) {
    if stringRest > 0 {
      stringRest -= line.length + 1
      return
    }
    let mode = line.byte(0)
    if isInCommand, mode != UInt8(ascii: "I") { return }
    line.skip(1)
    switch mode {
    case UInt8(ascii: "+"): try readAllocation(&line)
    case UInt8(ascii: "-"): try readFree(&line)
    case UInt8(ascii: "a"): try readClass(&line)
    case UInt8(ascii: "c"): try readTime(&line)
    case UInt8(ascii: "R"): try readResident(&line)
    case UInt8(ascii: "I"): try readSystem(&line)
    case UInt8(ascii: "s"): try readString(&line)
    case UInt8(ascii: "v"): try readVersion(&line)
    case UInt8(ascii: "X"): isInCommand = true
    case UInt8(ascii: "x"), UInt8(ascii: "m"), UInt8(ascii: "t"), UInt8(ascii: "i"),
      UInt8(ascii: "S"), UInt8(ascii: "A"), UInt8(ascii: "#"), 0:
      break
    default:
      throw line.error("no heaptrack line; expected one of v x X I s m i t a + - c R S A #")
    }
  }

  private func finish(_ line: borrowing LineScanner) throws(TraceError) -> HeapTrace {
    var reader = self
    if isInCommand {
      throw TraceError(
        path: line.path, message: "no line 'I page-size pages' behind the command line")
    }
    if builder.records.isEmpty {
      throw TraceError(path: line.path, message: "holds no heap event; expected + and - lines")
    }
    let unstamped = builder.pendingCount
    guard reader.builder.stampRest(spacingNs: options.eventSpacingNs) else {
      throw TraceError(
        path: line.path, message: "\(unstamped) events without times are too many for the spacing")
    }
    return HeapTrace(
      records: reader.builder.records, slotCount: builder.slotCount, threadCount: 1,
      spanNs: reader.builder.stampNs, residentSamples: residentSamples, origin: "heaptrack",
      caveats: caveats(unstamped: unstamped))
  }
}

// The header and the clock.
extension HeaptrackReader {
  private mutating func readVersion(_ line: inout LineScanner) throws(TraceError) {
    guard line.number(base: 16) != nil else {
      throw line.error("expected 'v heaptrack-version file-version' in hex")
    }
    // Files of format 1 name no format.
    fileVersion = line.number(base: 16) ?? 1
    if fileVersion > Self.newestFileVersion {
      throw line.error(
        "heaptrack file format \(fileVersion); this reader knows 1 to \(Self.newestFileVersion)")
    }
  }

  private mutating func readSystem(_ line: inout LineScanner) throws(TraceError) {
    let page = line.number(base: 16)
    let pages = line.number(base: 16)
    // A command line may have a line of its own that begins with an I.
    if isInCommand, page == nil || pages == nil { return }
    isInCommand = false
    guard let page, pages != nil, page >= 4096, page <= 1 << 30, page.nonzeroBitCount == 1 else {
      throw line.error("expected 'I page-size pages' in hex, the size a power of two")
    }
    pageBytes = page
  }

  /// From format 3 on strings carry their length, so that they may hold line breaks.
  private mutating func readString(_ line: inout LineScanner) throws(TraceError) {
    guard fileVersion >= 3 else { return }
    guard let length = line.number(base: 16), length < UInt64(LineScanner.lengthLimit) else {
      throw line.error("expected 's length string', the length in hex")
    }
    stringRest = Int(length) - max(line.remaining - 1, 0)
  }

  private mutating func readTime(_ line: inout LineScanner) throws(TraceError) {
    guard let ms = line.number(base: 16), ms < 1 << 43 else {
      throw line.error("expected 'c milliseconds' in hex")
    }
    let time = ms * 1_000_000
    if time < builder.stampNs {
      throw line.error("the clock goes back from \(builder.stampNs / 1_000_000) to \(ms) ms")
    }
    builder.stamp(time)
    ticks += 1
  }

  private mutating func readResident(_ line: inout LineScanner) throws(TraceError) {
    guard let pages = line.number(base: 16), pages < 1 << 33 else {
      throw line.error("expected 'R resident-pages' in hex")
    }
    guard pageBytes > 0 else {
      throw line.error("'R resident-pages' before 'I page-size pages'")
    }
    residentSamples.append(
      ResidentSample(
        timeNs: builder.stampNs, residentBytes: pages * pageBytes, anonHugeBytes: 0))
  }
}

// The events.
extension HeaptrackReader {
  private mutating func readClass(_ line: inout LineScanner) throws(TraceError) {
    guard let size = line.number(base: 16), size < 1 << 47, line.number(base: 16) != nil else {
      throw line.error("expected 'a size trace' in hex, the size below 2^47")
    }
    classes.append(AllocationClass(size: size))
  }

  private mutating func readAllocation(_ line: inout LineScanner) throws(TraceError) {
    guard let first = line.number(base: 16) else {
      throw line.error("expected '+ class' or '+ size trace pointer' in hex")
    }
    let raw = try line.isAtEnd() ? checkKind(raw: false, line) : checkKind(raw: true, line)
    if raw {
      guard line.number(base: 16) != nil, let pointer = line.number(base: 16), line.isAtEnd(),
        first < 1 << 47
      else { throw line.error("expected '+ size trace pointer' in hex, the size below 2^47") }
      let slot = try allocate(first, line)
      if let old = slotByPointer.updateValue(slot, forKey: pointer) {
        // Its free was not recorded; without one the address would be live twice.
        missedFrees += 1
        builder.free(old)
      }
      return
    }
    guard first < UInt64(classes.count) else {
      throw line.error("allocation class \(first) is not declared; \(classes.count) are")
    }
    let index = Int(first)
    let slot = try allocate(classes[index].size, line)
    if Int(slot) == next.count { next.append(Self.none) }
    push(slot, class: index)
  }

  private mutating func allocate(
    _ size: UInt64, _ line: borrowing LineScanner
  ) throws(TraceError) -> UInt32 {
    if let slot = builder.allocate(size) { return slot }
    throw line.error("more than 2^32 objects live at once")
  }

  private mutating func readFree(_ line: inout LineScanner) throws(TraceError) {
    guard let first = line.number(base: 16), line.isAtEnd() else {
      throw line.error("expected '- class' or '- pointer' in hex")
    }
    // A free alone does not tell the kinds apart: raw files have no classes.
    if try checkKind(raw: isRaw ?? classes.isEmpty, line) {
      if let slot = slotByPointer.removeValue(forKey: first) {
        builder.free(slot)
      } else {
        unknownFrees += 1
      }
      return
    }
    guard first < UInt64(classes.count) else {
      throw line.error("allocation class \(first) is not declared; \(classes.count) are")
    }
    guard let slot = pop(class: Int(first)) else {
      throw line.error("free of allocation class \(first), which has no live object")
    }
    builder.free(slot)
  }

  private mutating func checkKind(
    raw: Bool, _ line: borrowing LineScanner
  ) throws(TraceError) -> Bool {
    if let isRaw, isRaw != raw {
      throw line.error(
        isRaw
          ? "an event without pointer in a raw file; expected '+ size trace pointer'"
          : "an event with pointer in an interpreted file; expected '+ class'")
    }
    isRaw = raw
    return raw
  }

  private mutating func push(_ slot: UInt32, class index: Int) {
    let entry = classes[index]
    if entry.first == Self.none {
      next[Int(slot)] = Self.none
      classes[index].first = slot
      classes[index].last = slot
    } else if options.pairing == .fifo {
      next[Int(slot)] = Self.none
      next[Int(entry.last)] = slot
      classes[index].last = slot
    } else {
      next[Int(slot)] = entry.first
      classes[index].first = slot
    }
  }

  private mutating func pop(class index: Int) -> UInt32? {
    let slot = classes[index].first
    if slot == Self.none { return nil }
    classes[index].first = next[Int(slot)]
    return slot
  }
}

// What a reader of results has to know.
extension HeaptrackReader {
  private func caveats(unstamped: Int) -> [String] {
    var caveats = [
      "heaptrack records no threads, no alignment, no calloc and no mappings: all events are "
        + "those of one thread, and a realloc is a free and an allocation."
    ]
    if isRaw == false {
      let taken = options.pairing == .fifo ? "oldest" : "youngest"
      caveats.append(
        "The file has no pointers: each free takes the \(taken) live object of its size and call "
          + "path (--pairing \(options.pairing.rawValue)).")
    }
    if ticks > 0 {
      let tick = builder.stampNs / UInt64(ticks) / 1_000_000
      caveats.append(
        "Events have no times of their own: they are spread evenly between time stamps, "
          + "\(tick) ms apart on average.")
    }
    if unstamped > 0 {
      caveats.append(
        "\(unstamped) events behind the last time stamp are laid \(options.eventSpacingNs) ns apart."
      )
    }
    if unknownFrees > 0 {
      caveats.append("\(unknownFrees) frees of pointers that were never recorded are left out.")
    }
    if missedFrees > 0 {
      caveats.append(
        "\(missedFrees) pointers were handed out again without a recorded free; they count as "
          + "freed at that moment.")
    }
    return caveats
  }
}
