/// Which bytes of a new object a replay writes, because no recording says which ones the program
/// wrote. It decides what becomes resident, so every result states it.
public enum TouchModel: Hashable, Sendable, CustomStringConvertible {
  /// The first byte alone: the least a program that uses the object can have touched.
  case firstByte
  /// Every page of the requested size: the most.
  case all
  /// The first byte and then one byte every so many bytes.
  case stride(Int)

  /// Reads `first-byte`, `all`, `stride:65536`; nil for anything else.
  public init?(_ text: some StringProtocol) {
    switch text {
    case "first-byte": self = .firstByte
    case "all": self = .all
    default:
      guard text.hasPrefix("stride:"), let bytes = Int(text.dropFirst(7)), bytes > 0 else {
        return nil
      }
      self = .stride(bytes)
    }
  }

  public var description: String {
    switch self {
    case .firstByte: "first-byte"
    case .all: "all"
    case .stride(let bytes): "stride:\(bytes)"
    }
  }

  /// Distance between touched bytes, in bytes, with `all` at one touch per 4 KiB page; 0 when only
  /// the first byte is touched. The form in which C programs take it.
  public var strideBytes: Int {
    switch self {
    case .firstByte: 0
    case .all: 4096
    case .stride(let bytes): bytes
    }
  }
}
