/// One block in a word: which states occur in it (`FrameStates`, bits 0-15) and how many of its frames
/// are in use (bits 16-63).
struct BlockWord: Hashable, Sendable {
  private(set) var bits: UInt64

  private init(bits: UInt64) { self.bits = bits }

  /// A block that does not lie in the zone as a whole: bit 15 stays set in all that contain it.
  static var outside: BlockWord { BlockWord(bits: 0x8000) }

  @inline(__always)
  init(_ states: FrameStates, used: Int) {
    bits = UInt64(states.rawValue) | UInt64(truncatingIfNeeded: used) &<< 16
  }

  /// The block that two neighbours make.
  @inline(__always)
  func joined(_ other: BlockWord) -> BlockWord {
    BlockWord(
      bits: (bits | other.bits) & 0xffff | (bits &>> 16 &+ other.bits &>> 16) &<< 16)
  }

  @inline(__always)
  var isOutside: Bool { bits & 0x8000 != 0 }

  @inline(__always)
  var states: FrameStates { FrameStates(rawValue: UInt16(truncatingIfNeeded: bits)) }

  /// Frames that are neither free nor held by a core.
  @inline(__always)
  var used: Int { Int(truncatingIfNeeded: bits &>> 16) }
}
