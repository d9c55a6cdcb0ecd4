import Benchmarking
import MemoryUnits

/// What `framelab bench --suite availability` prints.
struct AvailabilityText {
  let result: AvailabilityResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: AvailabilityResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    let first = result.isComplete ? [] : [BenchText.incomplete]
    let faults = result.rows.compactMap { row in row.fault.map { "\(row.state.title): \($0)." } }
    return
      (first + faults + [BenchFigure.wrapped(answer), BenchFigure.wrapped(hostWords)]
      + [BenchTable.layOut(cells), BenchFigure.wrapped(foot)]).joined(separator: "\n\n")
  }

  var answer: String {
    guard let worst = result.rows.max(by: { $0.ratio < $1.ratio }) else {
      return "Nothing was measured."
    }
    return
      "How many blocks of every order from 32 KiB to 1 GiB \(memory) has and could have is answered in "
      + "\(milliseconds(worst.answerNs.min)) ms at worst, \(BenchFigure.ns(worst.ratio)) times a plain "
      + "read of the frames' descriptors."
  }

  /// Heads first.
  var cells: [[String]] {
    [["memory", "read ms", "answer ms", "median", "ns/frame", "read ×"]]
      + result.rows.map { row in
        [
          row.state.title, milliseconds(row.readNs.min), milliseconds(row.answerNs.min),
          milliseconds(row.answerNs.median),
          BenchFigure.ns(row.answerNs.min / Double(result.frames)), BenchFigure.ns(row.ratio),
        ]
      }
  }

  var foot: String {
    "Thread CPU time, best of \(result.repetitions), read and answer in turn; read: the sum of all "
      + "64-bit words of the descriptors, 32 bytes for each of "
      + "\(TraceReport.grouped(result.frames)) frames. Verified against the free lists and by the "
      + "count of all frames."
  }

  private var memory: String { ByteCount(result.frames << 12).description }

  private func milliseconds(_ ns: Double) -> String { BenchFigure.ns(ns / 1e6) }
}
