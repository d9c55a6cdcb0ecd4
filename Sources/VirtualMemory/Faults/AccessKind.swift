/// What an instruction does to memory.
@frozen
public enum AccessKind: UInt8, Hashable, Sendable {
  case read
  case write
  case execute

  /// The right that it needs.
  var right: AreaFlags {
    switch self {
    case .read: .read
    case .write: .write
    case .execute: .execute
    }
  }
}

/// A signal that an access raises.
@frozen
public struct Signal: Hashable, Sendable, Error {
  public var kind: Kind
  /// si_addr.
  public var address: UInt64

  public init(_ kind: Kind, address: UInt64) {
    self.kind = kind
    self.address = address
  }

  @frozen
  public enum Kind: UInt8, Hashable, Sendable {
    /// SIGSEGV, SEGV_MAPERR: no area.
    case segmentationNoArea
    /// SIGSEGV, SEGV_ACCERR: the area does not allow the access.
    case segmentationNoRight
    /// SIGBUS, BUS_ADRERR: past the end of the file, or its page cannot be read.
    case busError
    /// SIGKILL by the out-of-memory killer.
    case killed
  }
}

extension Signal: CustomStringConvertible {
  public var description: String {
    let place = "0x" + String(address, radix: 16)
    return switch kind {
    case .segmentationNoArea: "SIGSEGV (SEGV_MAPERR) at \(place)"
    case .segmentationNoRight: "SIGSEGV (SEGV_ACCERR) at \(place)"
    case .busError: "SIGBUS (BUS_ADRERR) at \(place)"
    case .killed: "SIGKILL by the out-of-memory killer"
    }
  }
}
