public import MemoryUnits

/// Linux's zones on x86-64, the lowest first.
@frozen
public enum LinuxZoneKind: UInt8, CaseIterable, Comparable, Sendable {
  /// Below 16 MiB.
  case dma = 0
  /// Below 4 GiB.
  case dma32 = 1
  case normal = 2
  /// Movable frames only.
  case movable = 3

  @inlinable
  public static func < (left: Self, right: Self) -> Bool { left.rawValue < right.rawValue }

  /// The highest zone that a class may be in (`gfp_zone` of GFP_HIGHUSER_MOVABLE and GFP_KERNEL).
  @inlinable
  public static func highest(_ frameClass: FrameClass) -> LinuxZoneKind {
    frameClass == .movable ? .movable : .normal
  }

  /// lowmem_reserve_ratio; 0 reserves nothing.
  var reserveRatio: Int {
    switch self {
    case .dma, .dma32: 256
    case .normal: 32
    case .movable: 0
    }
  }

  /// As in /proc/zoneinfo.
  public var name: String {
    switch self {
    case .dma: "DMA"
    case .dma32: "DMA32"
    case .normal: "Normal"
    case .movable: "Movable"
    }
  }
}
