/// One memory reference of a program: 16 bytes in memory, about two in a file before compression.
@frozen
public struct AccessRecord: Hashable, Sendable {
  /// What the program did. Raw values are part of the file format.
  @frozen
  public enum Kind: UInt8, CaseIterable, Sendable {
    /// The fetch of an instruction.
    case instruction = 0
    case load = 1
    case store = 2
    /// A load and a store of the same bytes by one instruction.
    case modify = 3
  }

  /// What readers give and writers take: a page, so that a reference touches two pages at most.
  public static let largestSize: UInt32 = 4096

  // The decoder writes size and kind as one word: they keep their order and their places.

  /// Virtual address of the first byte.
  public var address: UInt64
  /// Bytes, 1 to `largestSize`. The reference may cross the border of a page.
  public var size: UInt32
  public var kind: Kind

  @inlinable
  public init(_ kind: Kind, address: UInt64, size: UInt32) {
    self.address = address
    self.size = size
    self.kind = kind
  }

  /// Whether bytes are changed.
  @inlinable
  public var writes: Bool { kind == .store || kind == .modify }
}

extension AccessRecord: CustomStringConvertible {
  public var description: String { "\(kind) 0x\(String(address, radix: 16)),\(size)" }
}
