public import Fragmentation
internal import MemoryUnits
public import TraceFormats

extension RecordedChurn {
  /// Reads a heap recording of any known format (`HeapTrace.load`) as churn of pages, with what a reader
  /// has to know about it.
  ///
  /// - Parameter frames: of the memory that is to be aged.
  /// - Throws: when the file cannot be read or is no heap recording, never has an object, or has too little
  ///   at a time to fill memory; one line that names it.
  public static func load(
    path: String, filling frames: Int
  ) throws(TraceError) -> (churn: RecordedChurn, caveats: [String]) {
    let trace = try HeapTrace.load(path: path)
    guard let churn = RecordedChurn(trace) else {
      throw TraceError(
        path: path, message: "holds no allocations; expected a heap recording to age memory with")
    }
    guard churn.canFill(frames: frames) else {
      throw TraceError(
        path: path,
        message: "holds \(Int(churn.meanPages.rounded())) pages at a time, too few to fill "
          + "\(ByteCount(frames << 12)) by 4096 programs; expected a larger recording or less memory"
      )
    }
    return (churn, trace.caveats)
  }

  /// The pages of a recorded heap. An object of a page or more has its own pages, in pieces of 2 MiB at
  /// most. Smaller ones share pages with others of their size (the next power of two, at least 16
  /// bytes), the page that got room last before all others; a page comes with its first object and goes
  /// with its last.
  ///
  /// Nil for a recording that never has an object.
  public init?(_ trace: HeapTrace) {
    var heap = PageHeap(slotCount: trace.slotCount)
    for record in trace.records {
      switch record.operation {
      case .allocate, .allocateZeroed, .map: heap.place(Int(record.slot), bytes: record.size)
      case .free, .unmap: heap.remove(Int(record.slot))
      case .reallocate, .remap: heap.resize(Int(record.slot), bytes: record.size)
      case nil: break
      }
    }
    self.init(heap.steps)
  }
}

/// Objects of a heap on the pages that they need, and the steps of these pages.
private struct PageHeap {
  private(set) var steps: [RecordedChurn.Step] = []
  /// What each slot holds.
  private var slots: [Holding]
  /// Objects on each page that small ones share, and how many it has room for.
  private var used: [Int32] = []
  private var sizeOf: [UInt8] = []
  /// Pages with room by the power of two of their objects, the one to use next last. May name pages that
  /// have gone or are full since.
  private var open: [[Int]] = Array(repeating: [], count: 12)
  /// Numbers of what is not there.
  private var unused: [Int] = []
  private var count = 0

  private enum Holding {
    case nothing
    /// An object on a page with others.
    case small(page: Int)
    /// Pages of its own.
    case pieces([Int], pages: Int)
  }

  init(slotCount: Int) { slots = Array(repeating: .nothing, count: slotCount) }

  mutating func place(_ slot: Int, bytes: UInt64) {
    if bytes >= 4096 {
      slots[slot] = pieces(bytes)
    } else {
      slots[slot] = .small(page: share(Self.size(bytes)))
    }
  }

  mutating func remove(_ slot: Int) {
    switch slots[slot] {
    case .nothing: return
    case .small(let page): leave(page)
    case .pieces(let numbers, _): for number in numbers { go(number) }
    }
    slots[slot] = .nothing
  }

  /// A new object takes the place of one whose memory does not fit; the old one goes last, as a copy
  /// needs both.
  mutating func resize(_ slot: Int, bytes: UInt64) {
    switch slots[slot] {
    case .small(let page) where bytes < 4096 && Self.size(bytes) == Int(sizeOf[page]): return
    case .pieces(_, let pages) where bytes >= 4096 && Self.pages(bytes) == pages: return
    default: break
    }
    let old = slots[slot]
    place(slot, bytes: bytes)
    let new = slots[slot]
    slots[slot] = old
    remove(slot)
    slots[slot] = new
  }

  private static func pages(_ bytes: UInt64) -> Int { Int((bytes - 1) >> 12) + 1 }

  /// The power of two of a small object's size, 4...12.
  private static func size(_ bytes: UInt64) -> Int {
    bytes <= 16 ? 4 : UInt64.bitWidth - (bytes - 1).leadingZeroBitCount
  }

  private mutating func pieces(_ bytes: UInt64) -> Holding {
    let pages = Self.pages(bytes)
    var numbers: [Int] = []
    for start in stride(from: 0, to: pages, by: RecordedChurn.mostPages) {
      numbers.append(come(pages: min(pages - start, RecordedChurn.mostPages)))
    }
    return .pieces(numbers, pages: pages)
  }

  /// The page on which a new small object lies.
  private mutating func share(_ size: Int) -> Int {
    let capacity = Int32(4096 >> size)
    guard size < 12 else { return fresh(size) }
    while let page = open[size].last {
      if Int(sizeOf[page]) == size, used[page] > 0, used[page] < capacity {
        used[page] += 1
        return page
      }
      open[size].removeLast()
    }
    let page = fresh(size)
    open[size].append(page)
    return page
  }

  private mutating func fresh(_ size: Int) -> Int {
    let page = come(pages: 1)
    used[page] = 1
    sizeOf[page] = UInt8(size)
    return page
  }

  private mutating func leave(_ page: Int) {
    let size = Int(sizeOf[page])
    if size < 12, used[page] == 4096 >> Int32(size) { open[size].append(page) }
    used[page] -= 1
    if used[page] == 0 { go(page) }
  }

  private mutating func come(pages: Int) -> Int {
    let number = unused.popLast() ?? count
    if number == count {
      count += 1
      used.append(0)
      sizeOf.append(0)
    }
    steps.append(RecordedChurn.Step(number, pages: pages))
    return number
  }

  private mutating func go(_ number: Int) {
    used[number] = 0
    sizeOf[number] = 0
    unused.append(number)
    steps.append(RecordedChurn.Step(number, pages: 0))
  }
}
