/// What one tag of `AccessColumns` means, looked up instead of computed: 48 bytes, and of the 256 few
/// occur.
struct AccessTag {
  /// Keeps, of eight bytes of the column of addresses, those that belong to the reference.
  var addressMask: UInt64
  /// The highest bit of these, the sign.
  var addressSign: UInt64
  /// All ones for an instruction.
  var instructionMask: UInt64
  /// Kind, and size where the column does not have it, as they lie in an `AccessRecord`.
  var word: UInt64
  /// Keeps the two bytes of a size when it lies in the column of sizes.
  var sizeMask: UInt32
  var addressBytes: UInt8
  var sizeBytes: UInt8

  static let all = (0..<256).map { AccessTag(UInt8($0)) }

  private init(_ tag: UInt8) {
    let isInstruction = tag & 3 == AccessRecord.Kind.instruction.rawValue
    instructionMask = isInstruction ? .max : 0
    let width = tag >> 2 & 7
    addressBytes = width == 7 ? 8 : width
    let bits = 8 * UInt64(addressBytes)
    addressSign = bits == 0 ? 0 : 1 << (bits - 1)
    addressMask = bits == 0 ? 0 : addressSign | (addressSign - 1)
    let code = UInt64(tag >> 5)
    sizeBytes = code == 0 ? 2 : 0
    sizeMask = code == 0 ? 0xFFFF : 0
    let size = code == 0 ? 0 : isInstruction ? code : 1 << (code - 1)
    word = UInt64(tag & 3) << 32 | size
  }
}
