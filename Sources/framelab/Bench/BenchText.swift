import Benchmarking
import MemoryUnits

/// What `framelab bench` prints: the answer in words, a table per order, thread count and size, and
/// where each figure stands against its floor.
struct BenchText {
  /// Above an incomplete result.
  static let incomplete = "Incomplete: stopped before everything was measured."

  let result: BenchmarkResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: BenchmarkResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    var parts = [
      result.isComplete ? "" : Self.incomplete, BenchFigure.wrapped(answer),
      BenchFigure.wrapped(hostWords) + "\n" + BenchFigure.wrapped(host),
    ]
    for group in BenchGroup.groups(result.rows) {
      parts.append(BenchTable(group).text)
    }
    parts.append(remarks)
    parts.append(BenchFloorText(result).text)
    parts.append(BenchPluginText(reports: result.plugins).text)
    return parts.filter { !$0.isEmpty }.joined(separator: "\n\n")
  }

  /// What holds for all tables.
  private var remarks: String {
    var lines: [String] = []
    if result.rows.contains(where: { $0.title.hasSuffix(", warm") }) {
      lines.append(
        "warm: of malloc and the kernel, with memory that the same process freed just before.")
    }
    if !result.absent.isEmpty {
      let names = result.absent.map { "\($0.allocator) (\($0.reason))" }
      lines.append("Not on this host: \(names.joined(separator: ", ")).")
    }
    return lines.map(BenchFigure.wrapped).joined(separator: "\n")
  }

  /// The first allocator of the tables against the list buddy, in the smallest case.
  private var answer: String { BenchAnswer(result).text }

  private var host: String {
    let floor = result.primitives
    let parts = [
      "lock xadd \(BenchFigure.ns(floor.addNs)) ns",
      "L2 \(BenchFigure.ns(floor.latency.l2))", "L3 \(BenchFigure.ns(floor.latency.l3))",
      "DRAM \(BenchFigure.ns(floor.latency.memory))",
      "ns per operation in thread CPU time",
      "best (median) of \(result.isComplete ? "" : "up to ")\(result.repetitions)",
      result.rows.allSatisfy(\.isVerified) ? "verified" : "faults below",
    ]
    return parts.joined(separator: " · ")
  }
}

/// Numbers of the tables.
enum BenchFigure {
  /// Two significant digits below 10, whole from 10 on.
  static func ns(_ value: Double) -> String {
    if value >= 9.95 { return "\(Int(value.rounded()))" }
    let tenths = Int((value * 10).rounded())
    if tenths == 0, value > 0 {
      let hundredths = Int((value * 100).rounded())
      return hundredths < 10 ? "0.0\(hundredths)" : "0.\(hundredths)"
    }
    return "\(tenths / 10).\(tenths % 10)"
  }

  /// A share as `12.3 %`, or with two digits.
  static func percent(_ share: Double, digits: Int = 1) -> String {
    let scale = digits == 2 ? 100 : 10
    let parts = Int((share * 100 * Double(scale)).rounded())
    let rest = "\(parts % scale)"
    let zeros = String(repeating: "0", count: digits - rest.count)
    return "\(parts / scale).\(zeros)\(rest) %"
  }

  /// `0.9 (0.9)`, or without the median.
  static func spread(_ spread: Spread?, medians: Bool) -> String {
    guard let spread else { return "-" }
    return medians ? "\(ns(spread.min)) (\(ns(spread.median)))" : ns(spread.min)
  }

  /// Lines of at most 100 columns, broken between words.
  static func wrapped(_ text: String) -> String {
    var lines = [""]
    for word in text.split(separator: " ") {
      if lines[lines.count - 1].isEmpty {
        lines[lines.count - 1] = String(word)
      } else if lines[lines.count - 1].count + 1 + word.count <= 100 {
        lines[lines.count - 1] += " " + word
      } else {
        lines.append(String(word))
      }
    }
    return lines.joined(separator: "\n")
  }

  /// Bytes per frame: `.14`, `32`.
  static func bytes(_ value: Double?) -> String {
    guard let value else { return "-" }
    if value >= 9.95 { return "\(Int(value.rounded()))" }
    let hundredths = Int((value * 100).rounded())
    let part = hundredths % 100 < 10 ? "0\(hundredths % 100)" : "\(hundredths % 100)"
    return hundredths < 100 ? ".\(part)" : "\(hundredths / 100).\(part)"
  }
}
