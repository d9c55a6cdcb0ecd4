import Experiments
import MemoryUnits
import Testing
import Translation

@Suite("Machine geometry files")
struct MachineGeometryTests {
  private let server = """
    levels: 5
    l1_data_tlb: [{sets: 16, ways: 4, pages: [4KiB]}, {sets: 1, ways: 3, pages: [2MiB, 1GiB]}]
    l1_instruction_tlb: {sets: 1, ways: 64, pages: [4KiB, 2MiB]}
    walk_caches: {directory: 24}
    caches: {l1_data: {sets: 64, ways: 12, line_bytes: 64}}
    """

  @Test("an x86-64 geometry")
  func large() throws {
    guard case .large(let machine) = try MachineGeometry(yaml: server, path: "some/icy.yaml") else {
      Issue.record("expected an x86-64 machine")
      return
    }
    #expect(machine.name == "icy" && machine.levels == 5 && machine.virtualBits == 57)
    #expect(machine.l1Data.map(\.entries) == [64, 3])
    #expect(machine.l1Data[1].pageSizes == [.huge2MiB, .gigantic1GiB])
    #expect(machine.l2Data.isEmpty && machine.walkCaches.directory == 24)
    #expect(machine.caches.l1Data?.bytes.rawValue == 48 << 10 && machine.caches.l2 == nil)
    // What a file describes can be built.
    #expect(MMU(machine).geometry == machine)
  }

  @Test("a small geometry")
  func small() throws {
    let text = """
      name: paper
      virtual_bits: 14
      physical_bits: 12
      page_bits: 6
      level_bits: [8]
      tlb: {sets: 4, ways: 4}
      cache: {sets: 16, ways: 1, line_bytes: 4}
      """
    var textbook = SmallGeometry.textbook
    textbook.name = "paper"
    #expect(try MachineGeometry(yaml: text, path: "x.yaml") == .small(textbook))
  }

  @Test(
    "mistakes name file, line, key and what was expected",
    arguments: [
      ("levels: 3", "m.yaml:1: levels: `3`: expected a whole number from 4 to 5"),
      ("speed: 9", "m.yaml:1: speed: unknown key; known are name, levels"),
      ("levels: 4", "m.yaml:1: l1_data_tlb: missing; expected a mapping"),
      (
        "levels: 4\nl1_data_tlb: {sets: 3, ways: 4, pages: [4KiB]}",
        "m.yaml:2: l1_data_tlb.sets: `3`: expected a power of two"
      ),
      (
        "l1_data_tlb: {sets: 4, ways: 4, pages: [8KiB]}",
        "m.yaml:1: l1_data_tlb.pages: `8KiB`: expected 4KiB, 2MiB or 1GiB"
      ),
      (
        "l1_data_tlb: [{sets: 4, ways: 4, pages: [4KiB]}, {sets: 4, ways: 4, pages: [4KiB]}]",
        "m.yaml:1: l1_data_tlb.pages: 4KiB: expected each page size once in a TLB"
      ),
      (
        "virtual_bits: 16\nphysical_bits: 14\npage_bits: 8\nlevel_bits: [4, 3]",
        "m.yaml:4: level_bits: sum 7: expected virtual_bits - page_bits = 8"
      ),
      ("levels: [", "m.yaml:"),
      ("- 1", "m.yaml:1: expected lines of the form `key: value`"),
    ])
  func mistakes(text: String, expected: String) {
    let error = #expect(throws: ExperimentError.self) {
      try MachineGeometry(yaml: text, path: "m.yaml")
    }
    #expect(error?.description.hasPrefix(expected) == true, "\(error?.description ?? "")")
  }
}
