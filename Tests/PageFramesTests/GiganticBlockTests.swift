import MemoryUnits
import PageFrames
import Testing

@Suite("1 GiB blocks")
struct GiganticBlockTests {
  @Test("are aligned, entirely free, and one used frame spoils exactly one")
  func count() {
    let gibibyte = 1 << 18
    // From half a GiB on: 3 aligned GiB and two odd halves.
    let table = FrameTable(frameCount: 5 * gibibyte)
    let range = FrameRange(start: FrameNumber(gibibyte / 2), count: 4 * gibibyte)
    var buddy = ListBuddy(range, in: table)
    #expect(buddy.freeGiganticBlockCount() == 3)
    let inOddStart = FrameRange(start: range.start, count: 1)
    let inSecond = FrameRange(start: FrameNumber(2 * gibibyte + 77), count: 1)
    let claimedOdd = buddy.claim(inOddStart)
    #expect(claimedOdd && buddy.freeGiganticBlockCount() == 3)
    let claimed = buddy.claim(inSecond)
    #expect(claimed && buddy.freeGiganticBlockCount() == 2)
    buddy.release(inSecond)
    #expect(buddy.freeGiganticBlockCount() == 3)
  }
}
