/// The streams that have events left, the one with the earliest head first: a binary heap of stamps.
/// At equal stamps the lower stream goes first, so that merging the same file gives the same trace.
struct StreamQueue {
  private struct Entry {
    var stamp: UInt64
    var stream: Int

    func precedes(_ other: Entry) -> Bool {
      stamp != other.stamp ? stamp < other.stamp : stream < other.stream
    }
  }

  private var entries: [Entry] = []

  init(streams: [HeapStream]) {
    for (index, stream) in streams.enumerated() {
      if let head = stream.head { entries.append(Entry(stamp: head.stamp, stream: index)) }
    }
    entries.sort { $0.precedes($1) }
  }

  var first: Int? { entries.first?.stream }

  /// Only while there is a first stream.
  var firstStamp: UInt64 { entries[0].stamp }

  /// How far the first stream may run before another one has its turn, inclusive.
  var secondStamp: UInt64 {
    guard entries.count > 1 else { return .max }
    let second = entries.count > 2 && entries[2].precedes(entries[1]) ? entries[2] : entries[1]
    // At equal stamps the lower stream goes first.
    return second.stream > entries[0].stream || second.stamp == 0 ? second.stamp : second.stamp - 1
  }

  mutating func updateFirst(_ stamp: UInt64) {
    entries[0].stamp = stamp
    siftDown()
  }

  mutating func removeFirst() {
    let last = entries.removeLast()
    if entries.isEmpty { return }
    entries[0] = last
    siftDown()
  }

  private mutating func siftDown() {
    var index = 0
    while true {
      var least = index
      for child in [2 * index + 1, 2 * index + 2] where child < entries.count {
        if entries[child].precedes(entries[least]) { least = child }
      }
      if least == index { return }
      entries.swapAt(index, least)
      index = least
    }
  }
}
