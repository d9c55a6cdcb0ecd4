import Translation

/// The worksheet of one address, as JSON with the deck's names and as the deck's drawing.
struct WorksheetAnswer: Encodable {
  var va: UInt64
  var vpn: UInt64
  var vpo: UInt64
  var tlbi: UInt64
  var tlbt: UInt64
  var tlb_hit: Bool
  var page_fault: Bool
  @Nullable var ppn: UInt64?
  @Nullable var pa: UInt64?
  @Nullable var co: UInt64?
  @Nullable var ci: UInt64?
  @Nullable var ct: UInt64?
  @Nullable var cache_hit: Bool?
  /// Null when it comes from memory.
  @Nullable var byte: UInt8?

  private let geometry: SmallGeometry

  private enum CodingKeys: String, CodingKey {
    case va, vpn, vpo, tlbi, tlbt, tlb_hit, page_fault, ppn, pa, co, ci, ct, cache_hit, byte
  }

  init(_ sheet: Worksheet, _ geometry: SmallGeometry) {
    self.geometry = geometry
    va = sheet.va
    vpn = sheet.vpn
    vpo = sheet.vpo
    tlbi = sheet.tlbi
    tlbt = sheet.tlbt
    tlb_hit = sheet.tlbHit
    page_fault = sheet.pageFault
    ppn = sheet.ppn
    pa = sheet.pa
    co = sheet.co
    ci = sheet.ci
    ct = sheet.ct
    cache_hit = sheet.cacheHit
    byte = sheet.byte
  }

  var text: String {
    let title =
      "\(String.hex(va, digits: digits(geometry.virtualBits))) on \(geometry.name): "
      + "\(geometry.virtualBits)-bit virtual and \(geometry.physicalBits)-bit physical addresses, "
      + "pages of \(geometry.pageBytes) bytes"
    let parts =
      [[title], section("Virtual address", virtualRow, virtualLines)]
      + (pa == nil
        ? [["Physical address: none"]] : [section("Physical address", physicalRow, physicalLines)])
    return parts.map { $0.joined(separator: "\n") }.joined(separator: "\n\n")
  }

  private func section(_ title: String, _ row: BitRow, _ lines: [String]) -> [String] {
    [title] + row.lines.map { "  " + $0 } + [""] + lines.map { "  " + $0 }
  }

  private func digits(_ bits: Int) -> Int { (bits + 3) / 4 }

  private var virtualRow: BitRow {
    let (bits, offset) = (geometry.virtualBits, geometry.offsetBits)
    let index = geometry.tlbIndexBits
    return BitRow(
      value: va, bits: bits,
      brackets: [
        [("TLBT", bits - 1, offset + index), ("TLBI", offset + index - 1, offset)],
        [("VPN", bits - 1, offset), ("VPO", offset - 1, 0)],
      ])
  }

  private var virtualLines: [String] {
    let number = geometry.pageNumberBits
    return [
      "VPN        \(String.hex(vpn, digits: digits(number)))",
      "VPO        \(String.hex(vpo, digits: digits(geometry.offsetBits)))",
      "TLBI       \(String.hex(tlbi))",
      "TLBT       \(String.hex(tlbt, digits: digits(number - geometry.tlbIndexBits)))",
      "TLB hit    \(Self.answer(tlb_hit))",
      "Page fault \(Self.answer(page_fault))",
      "PPN        " + (ppn.map { String.hex($0, digits: digits(physicalNumber)) } ?? "-"),
    ]
  }

  private var physicalNumber: Int { geometry.physicalBits - geometry.offsetBits }

  private var physicalRow: BitRow {
    let (bits, offset) = (geometry.physicalBits, geometry.offsetBits)
    var brackets: [[(name: String, high: Int, low: Int)]] = []
    if let cache = geometry.cache {
      let line = cache.offsetBits
      let tag = line + cache.indexBits
      brackets.append([("CT", bits - 1, tag), ("CI", tag - 1, line), ("CO", line - 1, 0)])
    }
    brackets.append([("PPN", bits - 1, offset), ("PPO", offset - 1, 0)])
    return BitRow(value: pa ?? 0, bits: bits, brackets: brackets)
  }

  private var physicalLines: [String] {
    var lines = ["PA         \(String.hex(pa ?? 0, digits: digits(geometry.physicalBits)))"]
    guard let cache = geometry.cache, let co, let ci, let ct, let cache_hit else { return lines }
    lines += [
      "CO         \(String.hex(co))",
      "CI         \(String.hex(ci))",
      "CT         "
        + String.hex(
          ct, digits: digits(geometry.physicalBits - cache.indexBits - cache.offsetBits)),
      "Cache hit  \(Self.answer(cache_hit))",
      "Byte       " + (byte.map { String.hex(UInt64($0), digits: 2) } ?? "from memory"),
    ]
    return lines
  }

  static func answer(_ value: Bool) -> String { value ? "yes" : "no" }
}

/// A value that is written as null when it is missing, instead of being left out.
@propertyWrapper
struct Nullable<Value: Encodable>: Encodable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue {
      try container.encode(wrappedValue)
    } else {
      try container.encodeNil()
    }
  }
}
