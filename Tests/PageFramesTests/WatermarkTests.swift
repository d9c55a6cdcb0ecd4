import MemoryUnits
import PageFrames
import Testing

@Suite("Watermarks from Linux's formulas")
struct WatermarkTests {
  static let gibibyte = 1 << 18

  @Test("a host of 24 GiB with three zones and transparent huge pages has 67,584 KiB")
  func raised() {
    let lowmem = 24 * Self.gibibyte
    #expect(ZoneSettings.minFreeKilobytes(lowmem: lowmem, zones: 3) == 67_584)
    // 16 * 25,165,824 KiB has the square root 20,066.
    #expect(ZoneSettings.minFreeKilobytes(lowmem: lowmem, zones: 0) == 20_066)
  }

  @Test("the root is clamped to 128 KiB and 256 MiB, the raise to 5 % of memory")
  func clamped() {
    #expect(ZoneSettings.minFreeKilobytes(lowmem: 64, zones: 0) == 128)
    #expect(ZoneSettings.minFreeKilobytes(lowmem: 16 << 28, zones: 0) == 262_144)
    // 256 MiB: 5 % are 3,276 frames, less than the 5,632 of one zone's 11 pageblocks.
    #expect(ZoneSettings.minFreeKilobytes(lowmem: 1 << 16, zones: 1) == 3_276 * 4)
  }

  @Test("the marks of a host with three zones are those that its kernel shows")
  func zones() {
    // /proc/zoneinfo of a 6.18 guest with 67,584 KiB and factor 10: managed, then min, low, high.
    let shown = [
      (3_840, 39, 48, 57), (772_915, 7_859, 9_823, 11_787), (884_736, 8_997, 11_246, 13_495),
    ]
    let lowmem = shown.reduce(0) { $0 + $1.0 }
    for (managed, min, low, high) in shown {
      let marks = Watermarks(
        managed: managed, lowmem: lowmem, minFreeKilobytes: 67_584, watermarkScaleFactor: 10)
      #expect(marks == Watermarks(min: min, low: low, high: high))
    }
    let movable = Watermarks(
      managed: 0, lowmem: lowmem, minFreeKilobytes: 67_584, watermarkScaleFactor: 10,
      isMovable: true)
    #expect(movable == Watermarks(min: 32, low: 32, high: 32))
  }

  @Test("the scale factor widens the steps once it outweighs min / 4")
  func scaleFactor() {
    let managed = 8 * Self.gibibyte
    let plain = ZoneSettings(minFreeKilobytes: 11_584).watermarks(managed: managed)
    // 2,896 frames; a factor of 10 gives steps of 2,097, more than a quarter of min.
    #expect(plain == Watermarks(min: 2_896, low: 2_896 + 2_097, high: 2_896 + 2 * 2_097))
    let wide = ZoneSettings(minFreeKilobytes: 11_584, watermarkScaleFactor: 200)
      .watermarks(managed: managed)
    #expect(wide.low - wide.min == 41_943 && wide.high - wide.low == 41_943)
  }

  @Test("a simulated machine of 8 GiB gets one zone's marks")
  func machine() {
    let memory = ListBuddyMemory(frameCount: 8 * Self.gibibyte)
    let marks = memory.zone.watermarks
    #expect(marks == Watermarks(min: 5_632, low: 5_632 + 2_097, high: 5_632 + 2 * 2_097))
  }
}
