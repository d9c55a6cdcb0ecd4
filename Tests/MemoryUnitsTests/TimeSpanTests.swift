import MemoryUnits
import Testing

@Suite("Lengths of time as text")
struct TimeSpanTests {
  @Test(
    "reads a number and a unit",
    arguments: [
      ("30s", 30_000_000_000), ("500ms", 500_000_000), ("250us", 250_000), ("7ns", 7),
      ("2m", 120_000_000_000), ("1h", 3_600_000_000_000), ("1.5s", 1_500_000_000),
      ("10 s", 10_000_000_000),
    ] as [(String, UInt64)])
  func reads(text: String, nanoseconds: UInt64) {
    #expect(TimeSpan(text)?.nanoseconds == nanoseconds)
  }

  @Test(
    "refuses anything else",
    arguments: ["", "30", "s", "0s", "-1s", "1 hour", "1.2.3s", "nan s", "1e3s", "10000000h", "٣s"])
  func refuses(text: String) {
    #expect(TimeSpan(text) == nil)
  }

  @Test(
    "prints the largest unit that divides it, which reads back",
    arguments: ["10s", "1500ms", "1us", "7ns", "3m", "1h", "61s"])
  func prints(text: String) {
    #expect(TimeSpan(text)?.description == text)
  }
}
