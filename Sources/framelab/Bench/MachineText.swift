import Benchmarking
import MemoryUnits

/// What `framelab bench --suite machine` prints.
struct MachineText {
  let result: MachineResult
  /// The processor and its load.
  let hostWords: String

  init(_ result: MachineResult, hostWords: String) {
    self.result = result
    self.hostWords = hostWords
  }

  var text: String {
    let first = result.isComplete ? [] : [BenchText.incomplete]
    let fault = result.fault.map { ["A machine has a fault: \($0)."] } ?? []
    return
      (first + fault + [BenchFigure.wrapped(answer), BenchFigure.wrapped(hostWords)]
      + [BenchTable.layOut(cells), foot]).joined(separator: "\n\n")
  }

  var answer: String {
    guard let fault = row(.fault) else { return "Nothing was measured." }
    var sentence =
      "A demand-zero fault takes \(BenchFigure.ns(fault.ns.min)) ns here "
      + "(\(Self.millions(fault.ns.min)) per second)"
    if let host = row(.hostFault) {
      sentence += ", this host's own kernel \(BenchFigure.ns(host.ns.min)) ns for one of its own"
    }
    sentence += "."
    if let fork = row(.fork), let unmap = row(.unmap) {
      sentence +=
        " fork copies an entry in \(BenchFigure.ns(fork.ns.min)) ns, and munmap frees a page in "
        + "\(BenchFigure.ns(unmap.ns.min)) ns."
    }
    return sentence
  }

  /// Heads first.
  var cells: [[String]] {
    [["", "ns", "median", "max", "M/s", "floor ×"]]
      + result.rows.map { row in
        [
          "\(row.operation.title)", BenchFigure.ns(row.ns.min), BenchFigure.ns(row.ns.median),
          BenchFigure.ns(row.ns.max), Self.millions(row.ns.min).replacing(" M", with: ""),
          row.floorRatio.map(BenchFigure.ns) ?? "-",
        ]
      }
  }

  var foot: String {
    let floor = result.floorNs.map { BenchFigure.ns($0.min) } ?? "-"
    return """
      ns of thread CPU time per page, entry, lookup, pair or access, best of \(result.repetitions); \(result.pages) pages of 4 KiB, touched
      once before; bytes are kept only where it says so. floor ×: over one pass that reads and writes a
      descriptor and an entry per page (\(floor) ns). Verified: faults, copies, resident pages and areas are
      as many as asked, and every machine's validate() holds at the end.
      """
  }

  private func row(_ operation: MachineOperation) -> MachineRow? {
    result.rows.first { $0.operation == operation }
  }

  /// Operations per second.
  private static func millions(_ ns: Double) -> String {
    ns > 0 ? "\(BenchFigure.ns(1000 / ns)) M" : "-"
  }
}
