import Results

/// What the kernels of simulated machines counted: a line for each counter that is not 0 everywhere, a
/// column for each system that has such a kernel.
struct VmstatTable {
  let text: String

  init(_ result: RunResult) {
    let systems = result.systems.filter { $0.repetitions.first?.vmstat != nil }
    let counts = systems.map { $0.repetitions.first?.vmstat ?? [:] }
    let names = Set(counts.flatMap { $0.filter { $0.value > 0 }.keys }).sorted()
    guard !names.isEmpty else {
      text = "vmstat: no system of this run has a simulated kernel\n"
      return
    }
    let repetitions = systems.map(\.repetitions.count).max() ?? 1
    let title = repetitions > 1 ? "vmstat (first of \(repetitions) repetitions)" : "vmstat"
    let width = max(title.count, names.map(\.count).max() ?? 0)
    let widths = systems.map { max($0.name.count, 14) }
    func line(_ first: String, _ cells: [String]) -> String {
      zip(cells, widths).reduce(first.padded(to: width)) { text, cell in
        text + "  " + cell.0.padded(to: cell.1, right: true)
      }
    }
    var lines = [line(title, systems.map(\.name))]
    for name in names {
      lines.append(line(name, counts.map { "\($0[name] ?? 0)" }))
    }
    text = lines.joined(separator: "\n") + "\n"
  }
}
