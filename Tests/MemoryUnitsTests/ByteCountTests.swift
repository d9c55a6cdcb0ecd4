import MemoryUnits
import Testing

@Suite("Sizes as people write them")
struct ByteCountTests {
  static let spellings: [(String, Int)] = [
    ("4096", 4096), ("64K", 65536), ("64KiB", 65536), ("2M", 2_097_152), ("2mib", 2_097_152),
    ("1.5GiB", 1_610_612_736), ("8GiB", 8_589_934_592), ("1TiB", 1_099_511_627_776), ("0", 0),
    ("16 MiB", 16_777_216),
  ]

  @Test("are read in every common spelling", arguments: spellings)
  func reads(text: String, bytes: Int) {
    #expect(ByteCount(text)?.rawValue == bytes)
  }

  static let nonsense = [
    "", "x", "GiB", "-1", "1.5", "1e3", "9999999999999999999", "9000000TiB", "1..5M", "2Q",
  ]

  @Test("are refused when they are none", arguments: nonsense)
  func refuses(text: String) {
    #expect(ByteCount(text) == nil)
  }

  @Test("read back what they print", arguments: [0, 1, 4096, 4097, 3_145_728, 1_610_612_736, .max])
  func roundTrip(bytes: Int) {
    #expect(ByteCount(ByteCount(bytes).description)?.rawValue == bytes)
  }

  static let roundings: [(Int, String)] = [
    (987, "987 B"), (1024, "1.00 KiB"), (1_331_691_520, "1.24 GiB"), (222_298_112, "212 MiB"),
    (1_072_693_248, "1.00 GiB"), (16_106_127_360, "15.0 GiB"),
  ]

  @Test("are rounded to three digits", arguments: roundings)
  func rounds(bytes: Int, text: String) {
    #expect(ByteCount(bytes).rounded == text)
  }
}
