import Experiments
import Foundation
import MemoryUnits
import Reporting
import Translation

/// What `trace translate` says, as JSON and as text.
struct TranslationReport: Encodable {
  struct TLB: Encodable {
    var hits: Int
    var misses: Int
    var entries: Int

    init(_ counts: MMUCounters.TLB, _ structures: [TLBGeometry]) {
      hits = counts.hits
      misses = counts.misses
      entries = structures.reduce(0) { $0 + $1.entries }
    }
  }

  var machine: String
  var page_bytes: Int
  var origin: String
  var reference_count: Int
  var page_crossings: Int
  var non_canonical: Int
  /// First touches of pages.
  var page_faults: Int
  var pages: Int
  var table_frames: Int
  var l1_data: TLB
  var l1_instruction: TLB
  var l2_data: TLB
  var l2_instruction: TLB?
  var walks: Int
  var walk_reads: Int
  var walk_cache_hits: Int
  var accessed_bits_set: Int
  var dirty_bits_set: Int
  /// CPU time of the thread, reading included.
  var cpu_ns: UInt64
  var references_per_second: Double?
  var caveats: [String]

  init(_ report: ReferenceReport, pageSize: PageSize, origin: String, caveats: [String]) {
    let (counters, geometry) = (report.counters, report.geometry)
    machine = geometry.name
    page_bytes = pageSize.bytes.rawValue
    self.origin = origin
    reference_count = report.counts.references
    page_crossings = report.counts.crossings
    non_canonical = report.counts.nonCanonical
    page_faults = report.counts.faults
    pages = report.counts.pages
    table_frames = report.counts.tables
    l1_data = TLB(counters.l1Data, geometry.l1Data)
    l1_instruction = TLB(counters.l1Instruction, geometry.l1Instruction)
    l2_data = TLB(counters.l2Data, geometry.l2Data)
    l2_instruction =
      geometry.l2Instruction.isEmpty ? nil : TLB(counters.l2Instruction, geometry.l2Instruction)
    walks = counters.walks
    walk_reads = counters.walkReads
    walk_cache_hits = counters.walkCacheHits
    accessed_bits_set = counters.accessedSets
    dirty_bits_set = counters.dirtySets
    cpu_ns = report.counts.processorNs
    references_per_second = report.referencesPerSecond
    self.caveats = caveats
  }

  func text(file: String) -> String {
    let size = ByteCount(page_bytes).description
    let speed = references_per_second.map { ", \(TraceReport.rounded($0 / 1e6)) million a second" }
    var lines = [
      "\(file): \(TraceReport.grouped(reference_count)) references through \(machine), pages of "
        + "\(size)\(speed ?? "").",
      "",
      "                  entries           hits         misses   misses per 1,000 references",
      row("L1 data", l1_data), row("L1 instruction", l1_instruction),
      row(l2_instruction == nil ? "L2" : "L2 data", l2_data),
    ]
    if let l2_instruction { lines.append(row("L2 instruction", l2_instruction)) }
    let perWalk =
      walks == 0 ? "" : ", \(TraceReport.rounded(Double(walk_reads) / Double(walks))) a walk"
    lines += [
      "",
      "walks       \(TraceReport.grouped(walks)), \(TraceReport.grouped(walk_cache_hits)) of them from a "
        + "walk cache on",
      "reads       \(TraceReport.grouped(walk_reads)) entries of page tables\(perWalk); A set "
        + "\(TraceReport.grouped(accessed_bits_set)), D set \(TraceReport.grouped(dirty_bits_set)) times",
      "pages       \(TraceReport.grouped(pages)), each faulted in at its first touch; "
        + "\(TraceReport.grouped(table_frames)) frames of tables",
      "crossings   \(TraceReport.grouped(page_crossings)) references lie in two pages",
    ]
    if non_canonical > 0 {
      lines.append(
        "refused     \(TraceReport.grouped(non_canonical)) addresses are not canonical")
    }
    if !caveats.isEmpty { lines.append("") }
    for caveat in caveats { lines += TerminalText.wrapped("note: " + caveat, 100) }
    return lines.joined(separator: "\n")
  }

  private func row(_ name: String, _ tlb: TLB) -> String {
    let share =
      reference_count == 0
      ? "-" : String(format: "%.3f", Double(tlb.misses) / Double(reference_count) * 1000)
    return name.padded(to: 16) + TraceReport.grouped(tlb.entries).padded(to: 9, right: true)
      + TraceReport.grouped(tlb.hits).padded(to: 15, right: true)
      + TraceReport.grouped(tlb.misses).padded(to: 15, right: true)
      + share.padded(to: 31, right: true)
  }
}
