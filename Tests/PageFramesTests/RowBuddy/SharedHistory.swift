import MemoryUnits

/// One call of an allocator as a thread saw it.
struct SharedCall: CustomStringConvertible {
  enum Kind {
    case allocate(Int)
    case free(Int, Int)
    case claim(Range<Int>)
    case release(Range<Int>)
    case drain(Int)
  }

  let thread: Int
  let kind: Kind
  let began: Int
  var ended: Int = .max
  /// The frame of an allocation; for a claim any frame for yes.
  var result: Int?

  var description: String {
    let answer = result.map { " -> \($0)" } ?? ""
    return "[\(began)-\(ended)] thread \(thread): \(kind)\(answer)"
  }

  /// The frames that the call took or gave, if any.
  var frames: Range<Int>? {
    switch kind {
    case .allocate(let order): result.map { $0..<$0 + 1 << order }
    case .free(let frame, let order): frame..<frame + 1 << order
    case .claim(let frames): result == nil ? nil : frames
    case .release(let frames): frames
    case .drain: nil
    }
  }
}

/// The obvious allocator, one call after another: which frames are free.
struct FreeFrames {
  let range: Range<Int>
  private var isFree: [Bool]

  init(_ range: Range<Int>, free: Bool) {
    self.range = range
    isFree = [Bool](repeating: free, count: range.count)
  }

  var count: Int { isFree.count { $0 } }

  func all(_ frames: Range<Int>, free: Bool) -> Bool {
    guard frames.lowerBound >= range.lowerBound, frames.upperBound <= range.upperBound else {
      return false
    }
    for frame in frames where isFree[frame - range.lowerBound] != free { return false }
    return true
  }

  mutating func set(_ frames: Range<Int>, free: Bool) {
    for frame in frames { isFree[frame - range.lowerBound] = free }
  }

  /// The first aligned free block of an order.
  func first(_ order: Int) -> Int? {
    let size = 1 << order
    var frame = (range.lowerBound + size - 1) & -size
    while frame + size <= range.upperBound {
      if isFree[frame - range.lowerBound], all(frame..<frame + size, free: true) { return frame }
      frame += size
    }
    return nil
  }

  /// Whether the call may answer as it did at this instant; if so, does it.
  mutating func apply(_ call: SharedCall) -> Bool {
    switch call.kind {
    case .allocate(let order):
      guard let frame = call.result else { return first(order) == nil }
      let frames = frame..<frame + 1 << order
      guard frame % (1 << order) == 0, all(frames, free: true) else { return false }
      set(frames, free: false)
    case .claim(let frames):
      guard call.result != nil else { return !all(frames, free: true) }
      guard all(frames, free: true) else { return false }
      set(frames, free: false)
    case .free, .release:
      guard let frames = call.frames, all(frames, free: false) else { return false }
      set(frames, free: true)
    case .drain: break
    }
    return true
  }

  /// Takes back what `apply` did.
  mutating func undo(_ call: SharedCall) {
    guard let frames = call.frames else { return }
    switch call.kind {
    case .allocate, .claim: set(frames, free: true)
    default: set(frames, free: false)
    }
  }
}

/// What threads did to an allocator, at most 63 calls.
struct SharedHistory {
  let start: FreeFrames
  let calls: [SharedCall]

  /// Whether the calls have an order in which the obvious allocator gives the same answers, and in
  /// which no call comes before one that had ended when it began (Wing and Gong, JPDC 1993). What a
  /// set of calls leaves behind does not depend on their order, so each set is looked at once.
  func isLinearizable() -> Bool {
    var state = start
    var seen = Set<UInt64>()
    return search(0, &state, &seen)
  }

  private func search(_ done: UInt64, _ state: inout FreeFrames, _ seen: inout Set<UInt64>) -> Bool
  {
    if done == 1 << UInt64(calls.count) - 1 { return true }
    guard seen.insert(done).inserted else { return false }
    var firstEnd = Int.max
    for (index, call) in calls.enumerated() where done >> UInt64(index) & 1 == 0 {
      firstEnd = min(firstEnd, call.ended)
    }
    for (index, call) in calls.enumerated()
    where done >> UInt64(index) & 1 == 0 && call.began <= firstEnd {
      guard state.apply(call) else { continue }
      if search(done | 1 << UInt64(index), &state, &seen) { return true }
      state.undo(call)
    }
    return false
  }
}
