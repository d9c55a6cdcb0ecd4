internal import CHeapFormats

/// Events of one thread on their way from the ring to the file: decoded from the ring's rows and laid
/// out as columns, which take a third of the space once packed.
///
/// Sections of the block: tags (one byte per event: operation, 16 = extras follow), extras (log2 of
/// the alignment, address & 15), sizes (varint, where the operation has one), addresses (zigzag varint
/// difference of address >> 4 to the event before, the first one to 0), times (varint difference of
/// stamps; the header of the block has the stamp to which the first is added).
///
/// This runs on the second core while the program runs on the first, for every event: the columns
/// are one piece of memory, written through a pointer without checks. What makes that sound is
/// `hasRoom`, asked once per chunk. The memory is owned and freed here.
@safe
package final class HeapEventColumns {
  /// A block is written when it has this many events or no room for another chunk.
  package static let eventsPerBlock = 1 << 16
  /// No column grows by more for one chunk: a number of 7 bytes in the ring takes 9 in a column, and
  /// the smallest record, of 2 bytes, takes 1 byte in each of three columns.
  private static let mostPerChunk = 2 * Int(FRAMELAB_RING_CHUNK)
  private static let columnBytes = 6 * mostPerChunk
  private static let columns = 5

  private let memory: UnsafeMutablePointer<UInt8>
  /// Where each column ends now; it begins at its number times `columnBytes`.
  private var ends: [Int]
  package private(set) var count = 0
  /// Stamp of the last event, or the one to which the next difference is added.
  package private(set) var lastStamp: UInt64 = 0
  private var firstStamp: UInt64 = 0
  private var lastUnit: UInt64 = 0

  package init() {
    unsafe memory = .allocate(capacity: Self.columns * Self.columnBytes)
    ends = (0..<Self.columns).map { $0 * Self.columnBytes }
  }

  deinit { unsafe memory.deallocate() }

  /// Whether one more chunk certainly fits.
  package var hasRoom: Bool {
    count < Self.eventsPerBlock
      && ends.indices.allSatisfy {
        ends[$0] + Self.mostPerChunk <= ($0 + 1) * Self.columnBytes
      }
  }

  /// Empties the columns; the clock goes on.
  package func removeAll() {
    for index in ends.indices { ends[index] = index * Self.columnBytes }
    count = 0
    lastUnit = 0
    firstStamp = lastStamp
  }

  /// Appends the block to `writer` and empties the columns; nothing is written for no events.
  package func write(
    to writer: inout TraceWriter, thread: UInt16
  ) throws(TraceError) {
    defer { removeAll() }
    if count == 0 { return }
    let ranges = ends.indices.map { $0 * Self.columnBytes..<ends[$0] }
    // All ranges are inside the memory: `hasRoom` was asked before every chunk.
    unsafe try writer.append(
      type: HeapBlockType.events.rawValue, thread: thread, count: count, firstStamp: firstStamp,
      memory: UnsafeRawBufferPointer(
        start: memory, count: Self.columns * Self.columnBytes),
      ranges: ranges)
  }

  /// Takes over the records of one chunk of the ring.
  ///
  /// The records are a copy that the recorded program cannot change any more; they are followed by
  /// `FRAMELAB_RING_SLACK` readable bytes. Records that are not what the layout says end the reading:
  /// the program wrote over its recorder's memory.
  ///
  /// - Returns: how many events were taken, and whether all records were sound.
  package func append(
    records: [UInt8], byteCount: Int, firstStamp chunkStamp: UInt64
  ) -> (events: Int, sound: Bool) {
    precondition(hasRoom && byteCount <= Int(FRAMELAB_RING_CHUNK))
    precondition(byteCount + Int(FRAMELAB_RING_SLACK) <= records.count)
    if count == 0 { firstStamp = max(chunkStamp, lastStamp) }
    if count == 0 { lastStamp = firstStamp }
    // A chunk begins at the last stamp of the one before, unless events between were lost.
    let gap = chunkStamp > lastStamp ? chunkStamp - lastStamp : 0
    let before = count
    let consumed = unsafe records.withUnsafeBytes { source in
      unsafe transpose(source, byteCount: byteCount, gap: gap)
    }
    return (count - before, consumed == byteCount)
  }

  /// - Returns: the bytes of whole, sound records.
  private func transpose(_ source: UnsafeRawBufferPointer, byteCount: Int, gap: UInt64) -> Int {
    guard let base = source.baseAddress else { return 0 }
    var tags = unsafe memory + ends[0]
    var extras = unsafe memory + ends[1]
    var sizes = unsafe memory + ends[2]
    var addresses = unsafe memory + ends[3]
    var times = unsafe memory + ends[4]
    var at = 0
    var unit: UInt64 = 0
    var stamp = lastStamp
    var isFirst = true
    while at < byteCount {
      // A record is at most 25 bytes and the slack behind the records is readable.
      let word = unsafe base.loadUnaligned(fromByteOffset: at, as: UInt16.self)
      let head = UInt64(UInt16(littleEndian: word))
      let code = UInt8(truncatingIfNeeded: head & 15)
      var next = at &+ 2
      var time = unsafe Self.field(base, &next, width: Int(head >> 4 & 7))
      let size = unsafe Self.field(base, &next, width: Int(head >> 7 & 7))
      var distance = unsafe Self.field(base, &next, width: Int(head >> 10 & 7))
      let hasExtras = head & UInt64(FRAMELAB_HEAD_EXTRAS) != 0
      if hasExtras { next &+= 2 }
      if next > byteCount || code == 0 || code > 12 { break }
      unit = unit &+ UInt64(bitPattern: Varint.unzigzag(distance))
      if isFirst {
        // Chunks count from address 0, columns go on from the chunk before.
        distance = Varint.zigzag(Int64(bitPattern: unit &- lastUnit))
        time &+= gap
        isFirst = false
      }
      stamp = stamp &+ time
      unsafe tags.pointee = code | (hasExtras ? 16 : 0)
      unsafe tags += 1
      if hasExtras {
        unsafe extras[0] = base.load(fromByteOffset: next &- 2, as: UInt8.self) & 63
        unsafe extras[1] = base.load(fromByteOffset: next &- 1, as: UInt8.self) & 15
        unsafe extras += 2
      }
      if HeapEventOperation.hasSize(code) { unsafe Self.put(size, &sizes) }
      unsafe Self.put(distance, &addresses)
      unsafe Self.put(time, &times)
      count &+= 1
      at = next
    }
    if !isFirst { lastUnit = unit }
    lastStamp = stamp
    unsafe ends = [
      tags - memory, extras - memory, sizes - memory, addresses - memory, times - memory,
    ]
    return at
  }

  /// The little-endian number of `width` bytes at `at`, which moves behind it.
  @inline(__always)
  private static func field(
    _ base: UnsafeRawPointer, _ at: inout Int, width: Int
  ) -> UInt64 {
    let word = unsafe base.loadUnaligned(fromByteOffset: at, as: UInt64.self)
    at &+= width
    return UInt64(littleEndian: word) & ((1 &<< (UInt64(width) &* 8)) &- 1)
  }

  @inline(__always)
  private static func put(_ value: UInt64, _ at: inout UnsafeMutablePointer<UInt8>) {
    var rest = value
    while rest >= 0x80 {
      unsafe at.pointee = UInt8(truncatingIfNeeded: rest) | 0x80
      unsafe at += 1
      rest &>>= 7
    }
    unsafe at.pointee = UInt8(truncatingIfNeeded: rest)
    unsafe at += 1
  }
}
