public import MemoryUnits

/// A set of frames of one range, one bit each.
public struct FrameSet: Hashable, Sendable {
  /// The frames that may be members.
  public let range: FrameRange
  private var words: [UInt64]

  /// The empty set.
  public init(_ range: FrameRange) {
    self.range = range
    words = [UInt64](repeating: 0, count: (range.count + 63) / 64)
  }

  public var count: Int { words.reduce(0) { $0 + $1.nonzeroBitCount } }

  /// A frame outside of the range ends the process.
  public func contains(_ frame: FrameNumber) -> Bool {
    let place = place(frame)
    return words[place >> 6] >> UInt64(place & 63) & 1 == 1
  }

  public mutating func insert(_ frame: FrameNumber) {
    let place = place(frame)
    words[place >> 6] |= 1 << UInt64(place & 63)
  }

  public mutating func remove(_ frame: FrameNumber) {
    let place = place(frame)
    words[place >> 6] &= ~(1 << UInt64(place & 63))
  }

  /// The members by ascending number.
  public var members: [FrameNumber] {
    var result: [FrameNumber] = []
    result.reserveCapacity(count)
    for (index, word) in words.enumerated() {
      var rest = word
      while rest != 0 {
        result.append(range.start.advanced(by: index * 64 + rest.trailingZeroBitCount))
        rest &= rest - 1
      }
    }
    return result
  }

  private func place(_ frame: FrameNumber) -> Int {
    precondition(range.contains(frame), "a frame outside of its set's range")
    return frame.index - range.start.index
  }
}
