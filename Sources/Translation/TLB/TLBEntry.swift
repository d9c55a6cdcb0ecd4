public import MemoryUnits

/// What one entry of a TLB says.
public struct TLBEntry: Hashable, Sendable {
  /// 0 in a global entry.
  public var asid: UInt16
  /// Virtual address divided by 4096, of the page's first byte; upper bits as the address has them.
  public var virtualPage: UInt64
  public var size: PageSize
  /// The page's first frame.
  public var frame: FrameNumber
  public var isUser: Bool
  public var isWritable: Bool
  public var isExecutable: Bool
  /// Whether a write may use the entry: D is set in the tables.
  public var isDirty: Bool
  /// Matches under every ASID.
  public var isGlobal: Bool

  public init(
    asid: UInt16, virtualPage: UInt64, size: PageSize, frame: FrameNumber, isUser: Bool,
    isWritable: Bool, isExecutable: Bool, isDirty: Bool, isGlobal: Bool
  ) {
    self.asid = asid
    self.virtualPage = virtualPage
    self.size = size
    self.frame = frame
    self.isUser = isUser
    self.isWritable = isWritable
    self.isExecutable = isExecutable
    self.isDirty = isDirty
    self.isGlobal = isGlobal
  }
}
