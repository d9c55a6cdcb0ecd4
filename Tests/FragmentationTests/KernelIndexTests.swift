import Fragmentation
import MemoryUnits
import Testing

@Suite("The kernel's indices, theory T1 and T2")
struct KernelIndexTests {
  static let singles = FreeAreas(blocks: [1983, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
  static let single = FreeAreas(blocks: [1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])

  @Test("fragmentation index of 1983 single frames")
  func manySingles() {
    let text = (0...10).map { IndexText.text(Self.singles.fragmentationIndex($0)) }
    #expect(
      text == [
        "-1.000", "0.500", "0.750", "0.875", "0.937", "0.969", "0.984", "0.992", "0.996", "0.998",
        "0.999",
      ])
  }

  @Test("fragmentation index of one single frame, with the kernel's minus behind the point")
  func oneSingle() {
    let text = (0...10).map { IndexText.text(Self.single.fragmentationIndex($0)) }
    #expect(
      text == [
        "-1.000", "0.-500", "0.-250", "0.-125", "0.-62", "0.-31", "0.-15", "0.-07", "0.-03",
        "0.-01", "0.000",
      ])
    let read = text.map { IndexText.thousandths($0) }
    #expect(read == [-1000, -500, -250, -125, -62, -31, -15, -7, -3, -1, 0])
  }

  @Test("read back what they print", arguments: -1000...1000)
  func roundTrip(thousandths: Int) {
    #expect(IndexText.thousandths(IndexText.text(thousandths)) == thousandths)
  }

  @Test("are read with the minus in front, too")
  func leadingMinus() {
    #expect(IndexText.thousandths("-0.500") == -500)
  }

  @Test("refuse what is no index", arguments: ["", "1", "0.5", "0.-", "x.000", "0.00x", "-0.-50"])
  func nonsense(text: String) {
    #expect(IndexText.thousandths(text) == nil)
  }

  @Test("unusable index: the share of free memory in too small blocks, rounded down")
  func unusable() {
    // 3 + 2 * 2 + 8 = 15 free frames.
    let areas = FreeAreas(blocks: [3, 2, 0, 1])
    #expect((0...4).map { areas.unusableIndex($0) } == [0, 200, 466, 466, 1000])
    #expect(areas.unusableShare(1) == 0.2)
  }

  @Test("nothing free: index as the running kernel has it, no share, no fragmentation")
  func empty() {
    let areas = FreeAreas(blocks: [0, 0, 0])
    #expect(areas.unusableIndex(1) == 1000 && areas.unusableIndex(1, whenEmpty: 0) == 0)
    #expect(areas.unusableShare(1) == nil && areas.fragmentationIndex(1) == 0)
  }

  @Test("available blocks split larger ones; orders beyond the lists are unknown, not none")
  func available() {
    let areas = FreeAreas(blocks: [5, 0, 0, 0, 0, 0, 0, 0, 0, 3, 4])
    #expect(areas.available(.huge) == 11 && areas.available(.maximum) == 4)
    #expect(areas.available(.gigantic) == nil)
    #expect(areas.ideal(.huge) == 11 && areas.llfreeScore == 100)
  }

  @Test("memory of 16 TiB overflows nothing")
  func large() {
    let areas = FreeAreas(blocks: [1 << 31, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1 << 21])
    #expect(areas.unusableIndex(9) == 500 && areas.fragmentationIndex(9) == -1000)
  }
}
