/// The result of a translation, in one word: a physical address, or a fault code under bit 63.
@frozen
public struct Translated: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable
  public init(_ fault: FaultCode) { rawValue = 1 &<< 63 | UInt64(fault.rawValue) }

  @inlinable
  public var isFault: Bool { Int64(bitPattern: rawValue) < 0 }

  /// Valid unless `isFault`.
  @inlinable
  public var address: UInt64 { rawValue }

  /// Valid when `isFault`.
  @inlinable
  public var fault: FaultCode { FaultCode(rawValue: UInt16(truncatingIfNeeded: rawValue)) }
}
