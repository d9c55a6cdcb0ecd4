/// The deck's worksheet for one address: every part of the translation by its name there.
public struct Worksheet: Hashable, Sendable {
  /// The virtual address.
  public var va: UInt64
  /// Virtual page number and offset.
  public var vpn: UInt64
  public var vpo: UInt64
  /// TLB index and tag.
  public var tlbi: UInt64
  public var tlbt: UInt64
  public var tlbHit: Bool
  /// The page is not present: everything below is missing then.
  public var pageFault: Bool
  /// Physical page number, and physical address.
  public var ppn: UInt64?
  public var pa: UInt64?
  /// Offset, index and tag of the cache line; nil also where there is no cache.
  public var co: UInt64?
  public var ci: UInt64?
  public var ct: UInt64?
  public var cacheHit: Bool?
  /// The byte, where the cache has it; else it comes from memory.
  public var byte: UInt8?
}
