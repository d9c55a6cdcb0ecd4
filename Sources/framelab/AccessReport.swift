import Foundation
import MemoryUnits
import Reporting
import TraceFormats

/// What `trace info` and `trace convert` say about memory references, as JSON and as text.
struct AccessReport: Encodable {
  var kind = "access"
  var origin: String
  var reference_count: Int
  var references: [String: Int]
  var pages_4kib: Int
  var code_pages_4kib: Int
  var written_pages_4kib: Int
  var blocks_2mib: Int
  var footprint_bytes: Int
  var lowest_address: UInt64?
  var highest_address: UInt64?
  var span_bytes: UInt64?
  var page_crossings: Int
  var file_bytes: Int
  var bytes_per_reference: Double?
  /// Thread CPU time to read the file, when it was measured.
  var read_ns_per_reference: Double?
  var caveats: [String]

  /// `fileBytes`: of the file that is reported on.
  init(summary: AccessTraceSummary, origin: String, caveats: [String], fileBytes: Int) {
    self.origin = origin
    reference_count = summary.referenceCount
    references = [:]
    for kind in AccessRecord.Kind.allCases { references["\(kind)"] = summary.count(kind) }
    pages_4kib = summary.pageCount
    code_pages_4kib = summary.codePageCount
    written_pages_4kib = summary.writtenPageCount
    blocks_2mib = summary.largePageCount
    footprint_bytes = summary.pageCount << 12
    lowest_address = summary.lowestAddress
    highest_address = summary.lowestAddress.map { _ in summary.highestAddress }
    // One less than the number of bytes only when all 2^64 are between the two.
    span_bytes = summary.lowestAddress.map {
      (summary.highestAddress - $0).addingReportingOverflow(1).overflow
        ? .max : summary.highestAddress - $0 + 1
    }
    page_crossings = summary.crossingCount
    file_bytes = fileBytes
    bytes_per_reference =
      summary.referenceCount == 0 ? nil : Double(fileBytes) / Double(summary.referenceCount)
    self.caveats = caveats
  }

  func show(_ file: String, _ format: OutputFormat) throws {
    if format.json {
      try OutputFormat.printJSON(self)
    } else {
      print(text(file: file))
    }
  }

  private func text(file: String) -> String {
    let pages = pages_4kib == 1 ? "page" : "pages"
    var lines = [
      "\(file): \(TraceReport.grouped(reference_count)) memory references",
      "to \(TraceReport.grouped(pages_4kib)) \(pages) of 4 KiB "
        + "(\(ByteCount(footprint_bytes).rounded)), in \(TraceReport.grouped(blocks_2mib)) aligned "
        + "block\(blocks_2mib == 1 ? "" : "s") of 2 MiB.",
      "",
    ]
    let counts = AccessRecord.Kind.allCases.map {
      "\($0) \(TraceReport.grouped(references["\($0)"] ?? 0))"
    }
    lines.append("references  " + counts.joined(separator: ", "))
    lines.append(
      "pages       \(TraceReport.grouped(code_pages_4kib)) with code, "
        + "\(TraceReport.grouped(written_pages_4kib)) written")
    if let lowest_address, let highest_address {
      let hex = { (address: UInt64) in "0x" + String(address, radix: 16) }
      lines.append("addresses   \(hex(lowest_address)) to \(hex(highest_address))")
    }
    lines.append("crossings   \(TraceReport.grouped(page_crossings)) references lie in two pages")
    let perReference =
      bytes_per_reference.map { ", \(TraceReport.rounded($0)) bytes per reference" } ?? ""
    lines.append("file        \(ByteCount(file_bytes).rounded)\(perReference), from \(origin)")
    if let read_ns_per_reference {
      lines.append(
        "reading     \(TraceReport.rounded(read_ns_per_reference)) ns of CPU time per reference, "
          + "\(TraceReport.rounded(1000 / read_ns_per_reference)) million a second")
    }
    if !caveats.isEmpty { lines.append("") }
    for caveat in caveats { lines += TerminalText.wrapped("note: " + caveat, 100) }
    return lines.joined(separator: "\n")
  }
}
