/// What is to be done with an address, and by whom. One bit is set, so that a TLB entry can say by
/// one byte what it allows.
@frozen
public struct Access: RawRepresentable, Hashable, Sendable {
  public let rawValue: UInt64

  @inlinable
  public init(rawValue: UInt64) { self.rawValue = rawValue }

  @inlinable public static var read: Access { Access(rawValue: 1) }
  @inlinable public static var write: Access { Access(rawValue: 1 &<< 1) }
  /// Instruction fetch.
  @inlinable public static var execute: Access { Access(rawValue: 1 &<< 2) }
  @inlinable public static var supervisorRead: Access { Access(rawValue: 1 &<< 3) }
  @inlinable public static var supervisorWrite: Access { Access(rawValue: 1 &<< 4) }
  @inlinable public static var supervisorExecute: Access { Access(rawValue: 1 &<< 5) }

  @inlinable public var isWrite: Bool { rawValue & 0b010_010 != 0 }
  @inlinable public var isExecute: Bool { rawValue & 0b100_100 != 0 }
  @inlinable public var isUser: Bool { rawValue & 0b000_111 != 0 }
}
