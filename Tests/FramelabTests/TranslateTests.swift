import Foundation
import Testing

@Suite("framelab translate")
struct TranslateTests {
  private struct Sheet: Decodable, Equatable {
    var va: Int
    var vpn: Int
    var vpo: Int
    var tlbi: Int
    var tlbt: Int
    var tlb_hit: Bool
    var page_fault: Bool
    var ppn: Int?
    var pa: Int?
    var co: Int?
    var ci: Int?
    var ct: Int?
    var cache_hit: Bool?
    var byte: Int?
  }

  private func decode<Value: Decodable>(_ type: Value.Type, _ arguments: [String]) throws -> Value {
    let outcome = try Tool.run(["translate"] + arguments + ["--json"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    return try JSONDecoder().decode(type, from: Data(outcome.output.utf8))
  }

  @Test("the deck's first example, as JSON and as the drawn worksheet")
  func firstExample() throws {
    let sheet = try decode(Sheet.self, ["--machine", "textbook", "0x03d4"])
    #expect(
      sheet
        == Sheet(
          va: 0x3d4, vpn: 0xf, vpo: 0x14, tlbi: 3, tlbt: 3, tlb_hit: true, page_fault: false,
          ppn: 0xd, pa: 0x354, co: 0, ci: 5, ct: 0xd, cache_hit: true, byte: 0x36))
    let text = try Tool.run(["translate", "0x03d4"])
    #expect(text.code == 0)
    let boxes = "| 0 | 0 | 0 | 0 | 1 | 1 | 1 | 1 | 0 | 1 | 0 | 1 | 0 | 0 |"
    #expect(text.output.contains(boxes))
    for line in [
      "VPN        0x0F", "TLBI       0x3", "TLBT       0x03", "TLB hit    yes", "Page fault no",
      "PPN        0x0D", "PA         0x354", "CI         0x5", "CT         0x0D",
      "Cache hit  yes", "Byte       0x36",
    ] {
      #expect(text.output.contains(line), "\(line)\n\(text.output)")
    }
  }

  @Test("several addresses start from the same tables")
  func several() throws {
    let sheets = try decode([Sheet].self, ["0x0020", "0x0020", "0x0040"])
    #expect(sheets.count == 3)
    #expect(sheets[0] == sheets[1] && !sheets[0].tlb_hit && sheets[0].cache_hit == false)
    #expect(sheets[0].pa == 0xa20 && sheets[0].byte == nil)
    #expect(sheets[2].page_fault && sheets[2].pa == nil)
    // Keys are there when their values are not.
    let raw = try Tool.run(["translate", "0x0040", "--json"])
    #expect(raw.output.contains("\"ppn\" : null") && raw.output.contains("\"byte\" : null"))
  }

  private struct Walk: Decodable {
    struct Entry: Decodable {
      var table: String
      var index: Int
      var word: UInt64
      var bits: [String]
    }
    struct Place: Decodable {
      var index: UInt64
      var tag: UInt64
      var offset: UInt64?
    }
    var vpn_parts: [Int]
    var walk: [Entry]
    var pa: UInt64
    var tlbs: [Place]
    var caches: [Place]
    var walk_reads: Int
    var second_access_hits: Bool
  }

  @Test("the Core i7 walks four levels")
  func corei7() throws {
    let walk = try decode(Walk.self, ["--machine", "core-i7", "0x7ffd1234abcd"])
    #expect(walk.walk.map(\.table) == ["PML4", "PDPT", "PD", "PT"])
    #expect(walk.vpn_parts == [0xff, 0x1f4, 0x91, 0x14a])
    #expect(walk.walk_reads == 4 && walk.second_access_hits)
    #expect(walk.walk.allSatisfy { $0.bits.contains("A") && $0.bits.contains("P") })
    #expect(!walk.walk.contains { $0.bits.contains("D") })
    #expect(walk.pa & 0xfff == 0xbcd)
    // L1: 16 sets; L2: 128 sets.
    #expect(walk.tlbs.map(\.index) == [0xa, 0x4a])
    #expect(walk.caches.first?.index == 0x2f && walk.caches.first?.offset == 0x0d)
  }

  @Test("large pages end the walk early, and a write sets D")
  func largePages() throws {
    let huge = try decode(
      Walk.self,
      ["--machine", "zen4", "--page", "2MiB", "--access", "write", "0x7f0000201000"])
    #expect(huge.walk.map(\.table) == ["PML4", "PDPT", "PD"])
    #expect(huge.walk.last?.bits.contains("PS") == true)
    #expect(huge.walk.last?.bits.contains("D") == true)
    let gigantic = try decode(Walk.self, ["--machine", "zen4", "--page", "1GiB", "0x40000000"])
    #expect(gigantic.walk_reads == 2)
  }

  @Test("geometries from files", arguments: ["small-server.yaml", "two-level.yaml"])
  func files(name: String) throws {
    let file = Tool.checkout + "/Workloads/machines/" + name
    let outcome = try Tool.run(["translate", "--machine", file, "0xbeef"])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("maps nothing by itself"))
  }

  @Test(
    "mistakes are one line and exit code 2",
    arguments: [
      (["0x4000"], "more than 14 bits; expected 0 to 0x3fff"),
      (["zz"], "'zz' is no address"),
      (["--machine", "vax", "0"], "expected textbook, core-i7, zen4 or a YAML file"),
      (["--machine", "core-i7", "0x800000000000"], "not canonical"),
      (["--machine", "core-i7", "--page", "1GiB", "0"], "pages of 4KiB and 2MiB only"),
      (["--page", "4KiB", "0"], "only for x86-64 machines"),
      (["--machine", "/nowhere.yaml", "0"], "cannot be read"),
    ])
  func mistakes(arguments: [String], expected: String) throws {
    let outcome = try Tool.run(["translate"] + arguments)
    #expect(outcome.code == 2)
    #expect(outcome.errors.contains(expected), "\(outcome.errors)")
    #expect(outcome.errors.split(separator: "\n").count == 1, "\(outcome.errors)")
  }
}
