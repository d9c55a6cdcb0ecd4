/// Free frames of a zone at which something happens. An allocation is above a mark when at least so
/// many frames stay free after it (Linux: `free - ((1 << order) - 1) > mark`).
@frozen
public struct Watermarks: Hashable, Sendable {
  /// Below it, the caller has to reclaim.
  public let min: Int
  /// Below it, the background reclaimer is woken.
  public let low: Int
  /// At it, the background reclaimer goes back to sleep.
  public let high: Int

  /// Ends the process unless 0 <= min <= low <= high.
  public init(min: Int, low: Int, high: Int) {
    guard 0 <= min, min <= low, low <= high else {
      frameFault("watermarks that are not in order", frame: low, order: 0)
    }
    self.min = min
    self.low = low
    self.high = high
  }

  /// Nothing happens before the last frame is taken.
  public static var none: Watermarks { Watermarks(min: 0, low: 0, high: 0) }

  /// Linux's marks of one zone: min is the zone's share of min_free_kbytes; low and high lie above it
  /// in steps of max(share / 4, managed * watermark_scale_factor / 10000)
  /// (`__setup_per_zone_wmarks`, kernels 4.6 to 7.2).
  ///
  /// - Parameter managed: frames that the zone's allocator manages.
  /// - Parameter lowmem: managed frames of all zones but Movable; the zone's own when it is alone.
  /// - Parameter isMovable: zone Movable, whose min does not follow min_free_kbytes but is
  ///   clamp(managed / 1024, 32, 128).
  public init(
    managed: Int, lowmem: Int, minFreeKilobytes: Int, watermarkScaleFactor: Int,
    isMovable: Bool = false
  ) {
    let share = lowmem > 0 ? minFreeKilobytes / 4 * managed / lowmem : 0
    let min = isMovable ? Swift.min(Swift.max(managed / 1024, 32), 128) : share
    let step = Swift.max(share / 4, managed * watermarkScaleFactor / 10_000)
    self.init(min: min, low: min + step, high: min + 2 * step)
  }
}
