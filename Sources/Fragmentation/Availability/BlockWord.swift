/// One block in a word: which states occur in it (`FrameStates`, bits 0-15) and how many of its frames
/// are in use (bits 16-63).
struct BlockWord: Hashable, Sendable {
  private(set) var bits: UInt64

  private init(bits: UInt64) { self.bits = bits }

  /// A block that does not lie in the zone as a whole: bit 15 stays set in all that contain it.
  static var outside: BlockWord { BlockWord(bits: 0x8000) }

  /// From counts of four bits, one for each state, of eight frames.
  @inline(__always)
  init(counts: UInt64) {
    // One bit per count that is not 0, then the sixteen bits side by side.
    var mask = counts | counts &>> 1
    mask = (mask | mask &>> 2) & 0x1111_1111_1111_1111
    mask = (mask | mask &>> 3) & 0x0303_0303_0303_0303
    mask = (mask | mask &>> 6) & 0x000f_000f_000f_000f
    mask = (mask | mask &>> 12) & 0x0000_00ff_0000_00ff
    mask = (mask | mask &>> 24) & 0xffff
    let unused = counts &>> 4 & 15 &+ counts &>> 8 & 15
    bits = mask | (8 &- unused) &<< 16
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
