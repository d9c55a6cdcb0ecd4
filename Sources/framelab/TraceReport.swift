import Foundation
import MemoryUnits
import Reporting
import TraceFormats

/// What `trace info` says, as JSON and as text.
struct TraceReport: Encodable {
  struct SizeClass: Encodable {
    var upper_bytes: UInt64
    var requests: Int
    var live_at_peak: Int
  }

  var origin: String
  var event_count: Int
  var span_ns: UInt64
  var threads: Int
  var slots: Int
  var live_peak_bytes: UInt64
  var live_peak_ns: UInt64
  var live_peak_objects: Int
  var live_end_bytes: UInt64
  var live_end_objects: Int
  var requested_bytes: UInt64
  var resident_peak_bytes: UInt64?
  var anon_huge_peak_bytes: UInt64?
  var resident_samples: Int
  var operations: [String: Int]
  var size_classes: [SizeClass]
  var file_bytes: Int
  var bytes_per_event: Double?
  var caveats: [String]

  init(trace: HeapTrace, summary: HeapTraceSummary, fileBytes: Int) {
    origin = trace.origin
    event_count = trace.records.count
    span_ns = trace.spanNs
    threads = trace.threadCount
    slots = trace.slotCount
    live_peak_bytes = summary.livePeakBytes
    live_peak_ns = summary.livePeakNs
    live_peak_objects = summary.livePeakObjects
    live_end_bytes = summary.liveEndBytes
    live_end_objects = summary.liveEndObjects
    requested_bytes = summary.requestedBytes
    resident_peak_bytes = summary.residentPeakBytes
    anon_huge_peak_bytes = summary.anonHugePeakBytes
    resident_samples = trace.residentSamples.count
    operations = [:]
    for (operation, count) in summary.operations { operations["\(operation)"] = count }
    size_classes = summary.sizeClasses.map {
      SizeClass(upper_bytes: $0.upperBytes, requests: $0.requests, live_at_peak: $0.liveAtPeak)
    }
    file_bytes = fileBytes
    bytes_per_event = trace.records.isEmpty ? nil : Double(fileBytes) / Double(trace.records.count)
    caveats = trace.caveats
  }

  func text(file: String) -> String {
    var lines = [sentence(file)]
    let counts = ["allocate", "allocateZeroed", "reallocate", "free", "map", "unmap", "remap"]
      .filter { operations[$0] ?? 0 > 0 }
      .map { "\($0) \(Self.grouped(operations[$0] ?? 0))" }
    lines.append("")
    lines += Self.wrapped("operations  ", counts)
    lines.append(
      "at the peak \(Self.grouped(live_peak_objects)) objects, "
        + "\(Self.seconds(live_peak_ns)) after the start")
    if let resident_peak_bytes {
      let huge = ByteCount(Int(clamping: anon_huge_peak_bytes ?? 0)).rounded
      lines.append(
        "resident    \(ByteCount(Int(clamping: resident_peak_bytes)).rounded) at most, "
          + "\(huge) of it in huge pages ("
          + "\(Self.grouped(resident_samples)) sample\(resident_samples == 1 ? "" : "s"))")
    }
    let perEvent = bytes_per_event.map { ", \(Self.rounded($0)) bytes per event" } ?? ""
    lines.append("file        \(ByteCount(file_bytes).rounded)\(perEvent), from \(origin)")
    if !size_classes.isEmpty {
      lines += ["", "   size up to      requests   live at the peak"]
      for entry in size_classes {
        let size = ByteCount(Int(clamping: entry.upper_bytes)).rounded
        lines.append(
          size.padded(to: 13, right: true)
            + Self.grouped(entry.requests).padded(to: 14, right: true)
            + Self.grouped(entry.live_at_peak).padded(to: 19, right: true))
      }
    }
    if !caveats.isEmpty { lines.append("") }
    for caveat in caveats { lines += TerminalText.wrapped("note: " + caveat, 100) }
    return lines.joined(separator: "\n")
  }

  private func sentence(_ file: String) -> String {
    let peak = ByteCount(Int(clamping: live_peak_bytes)).rounded
    let end = ByteCount(Int(clamping: live_end_bytes)).rounded
    return "\(file): \(Self.grouped(event_count)) heap events in \(Self.seconds(span_ns)) by "
      + "\(threads) thread\(threads == 1 ? "" : "s");\nat most \(peak) live, \(end) at the end."
  }

  private static func wrapped(_ label: String, _ parts: [String]) -> [String] {
    var lines = [label]
    for (index, part) in parts.enumerated() {
      let piece = index == 0 ? part : ", " + part
      if lines[lines.count - 1].count + piece.count > 98 {
        lines[lines.count - 1] += ","
        lines.append(String(repeating: " ", count: label.count) + part)
      } else {
        lines[lines.count - 1] += piece
      }
    }
    return lines
  }

  static func grouped(_ number: Int) -> String {
    var text = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index % 3 == 0, digit != "-" { text.append(",") }
      text.append(digit)
    }
    return String(text.reversed())
  }

  static func seconds(_ ns: UInt64) -> String {
    let seconds = Double(ns) / 1e9
    return seconds >= 1 ? "\(rounded(seconds)) s" : "\(rounded(seconds * 1000)) ms"
  }

  /// Three significant digits, two of them after the point at most.
  static func rounded(_ value: Double) -> String {
    String(format: value >= 100 ? "%.0f" : value >= 10 ? "%.1f" : "%.2f", value)
  }
}
