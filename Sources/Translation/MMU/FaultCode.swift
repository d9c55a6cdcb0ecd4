/// Why a translation failed: the error code that x86 pushes with a page fault.
@frozen
public struct FaultCode: OptionSet, Hashable, Sendable {
  public let rawValue: UInt16

  @inlinable
  public init(rawValue: UInt16) { self.rawValue = rawValue }

  /// P: the page is present, and the access is not allowed; else nothing is mapped.
  @inlinable public static var protection: FaultCode { FaultCode(rawValue: 1) }
  /// W/R
  @inlinable public static var write: FaultCode { FaultCode(rawValue: 1 &<< 1) }
  /// U/S
  @inlinable public static var user: FaultCode { FaultCode(rawValue: 1 &<< 2) }
  /// RSVD: a reserved bit is set in an entry.
  @inlinable public static var reserved: FaultCode { FaultCode(rawValue: 1 &<< 3) }
  /// I/D
  @inlinable public static var instruction: FaultCode { FaultCode(rawValue: 1 &<< 4) }
  /// Not a page fault but a general-protection exception: the address is not canonical.
  @inlinable public static var nonCanonical: FaultCode { FaultCode(rawValue: 1 &<< 15) }

  /// W/R, U/S and I/D of an access.
  @inlinable
  public init(_ access: Access) {
    rawValue =
      (access.isWrite ? 2 : 0) | (access.isUser ? 4 : 0) | (access.isExecute ? 16 : 0)
  }
}
