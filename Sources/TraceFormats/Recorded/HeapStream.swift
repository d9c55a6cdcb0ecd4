/// One thread's events in order, unpacked block by block.
struct HeapStream {
  let thread: UInt16
  private var blocks: [TraceBlock]
  private var nextBlock = 0
  private var events: [HeapEvent] = []
  private var position = 0
  /// Where the columns of a block were not what they should be; nothing after it is used.
  private(set) var malformedPlace: String?
  /// The object that a realloc or mremap of this thread is moving.
  var inFlight: InFlight = .nothing
  /// Number of the thread in the trace; nil before its first record.
  var number: UInt16?

  enum InFlight {
    case nothing
    /// Between the two events of a realloc; nil slot: the old object is not known.
    case object(slot: UInt32?, address: UInt64)
    case mapping(start: UInt64, size: UInt64)
  }

  init(thread: UInt16, blocks: [TraceBlock]) {
    self.thread = thread
    self.blocks = blocks
    unpack()
  }

  /// The next event; nil at the end.
  @inline(__always)
  var head: HeapEvent? { position < events.count ? events[position] : nil }

  @inline(__always)
  mutating func advance() {
    position &+= 1
    if position == events.count { unpack() }
  }

  /// The event `distance` after the head, within the block that is unpacked.
  func peek(_ distance: Int) -> HeapEvent? {
    position + distance < events.count ? events[position + distance] : nil
  }

  private mutating func unpack() {
    events = []
    position = 0
    while events.isEmpty, nextBlock < blocks.count, malformedPlace == nil {
      if let decoded = HeapEventColumns.decode(blocks[nextBlock]) {
        events = decoded
      } else {
        malformedPlace = blocks[nextBlock].place
      }
      nextBlock += 1
    }
  }
}
