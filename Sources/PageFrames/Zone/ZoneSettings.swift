public import MemoryUnits

/// The settings that Linux's watermarks follow from, under Linux's names.
@frozen
public struct ZoneSettings: Hashable, Sendable {
  /// Nil: what Linux computes for the size of the machine.
  public var minFreeKilobytes: Int?
  public var watermarkScaleFactor: Int
  /// Whether the computed value is raised as khugepaged does it.
  public var transparentHugePages: Bool

  public init(
    minFreeKilobytes: Int? = minFreeKilobytesParameter.defaultValue,
    watermarkScaleFactor: Int = watermarkScaleFactorParameter.defaultValue,
    transparentHugePages: Bool = transparentHugePagesParameter.defaultValue
  ) {
    self.minFreeKilobytes = minFreeKilobytes
    self.watermarkScaleFactor = watermarkScaleFactor
    self.transparentHugePages = transparentHugePages
  }

  public static let minFreeKilobytesParameter = Parameter<Int?>(
    name: "min_free_kbytes", unit: "KiB", range: "0 or more; empty for Linux's own choice",
    defaultValue: nil, summary: "Memory below which an allocation has to reclaim by itself.")

  public static let watermarkScaleFactorParameter = Parameter<Int>(
    name: "watermark_scale_factor", unit: "1/10000", range: "1...3000", defaultValue: 10,
    summary: "Distance between the watermarks as a share of the zone.")

  public static let transparentHugePagesParameter = Parameter<Bool>(
    name: "transparent_hugepage", range: "false, true", defaultValue: true,
    summary: "Whether min_free_kbytes is raised as khugepaged does it.")

  /// The marks of the only zone of a machine.
  public func watermarks(managed: Int) -> Watermarks {
    let kilobytes =
      minFreeKilobytes
      ?? Self.minFreeKilobytes(lowmem: managed, zones: transparentHugePages ? 1 : 0)
    return Watermarks(
      managed: managed, lowmem: managed, minFreeKilobytes: kilobytes,
      watermarkScaleFactor: watermarkScaleFactor)
  }

  /// Linux's own min_free_kbytes: clamp(isqrt(16 * lowmem KiB), 128, 262144), raised by khugepaged to
  /// 2 + 9 pageblocks of 512 frames for each zone that it serves, but not above 5 % of low memory
  /// (`calculate_min_free_kbytes`, `set_recommended_min_free_kbytes`).
  ///
  /// - Parameter lowmem: managed frames of all zones but Movable.
  /// - Parameter zones: populated zones when transparent huge pages are on, else 0.
  public static func minFreeKilobytes(lowmem: Int, zones: Int) -> Int {
    let base = min(max(squareRoot(lowmem * 4 * 16), 128), 262_144)
    let recommended = min(512 * zones * (2 + 9), lowmem / 20) * 4
    return max(base, recommended)
  }

  /// The largest integer whose square is at most `value`, as the kernel's int_sqrt.
  static func squareRoot(_ value: Int) -> Int {
    guard value > 1 else { return value }
    // Newton's method from above falls until it is there.
    var root = 1 << ((Int.bitWidth - value.leadingZeroBitCount + 1) / 2)
    while true {
      let next = (root + value / root) / 2
      if next >= root { return root }
      root = next
    }
  }
}
