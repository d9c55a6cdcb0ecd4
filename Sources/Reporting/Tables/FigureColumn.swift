internal import Results

/// A column of a table of systems: one figure, and how it is printed.
struct FigureColumn: Sendable {
  enum Form: Sendable {
    /// Bytes, printed in MiB.
    case mebibytes
    case count
    /// A quotient around 1.
    case ratio
    /// A share of 1, printed as an index: `.59`.
    case index
    case percent
  }

  var key: FindingKey
  /// First and second line of the head.
  var head: String
  var unit: String
  var form: Form
  /// What it means, one sentence.
  var meaning: String

  /// The columns of the main table.
  static let main: [FigureColumn] = [
    FigureColumn(
      key: .liveBytes, head: "live", unit: "MiB", form: .mebibytes,
      meaning: "Bytes that the program asked for and has not freed."),
    FigureColumn(
      key: .heldBytes, head: "held", unit: "MiB", form: .mebibytes,
      meaning: "Physical memory held for them: allocated frames in a simulation, resident bytes of "
        + "a real process."),
    FigureColumn(
      key: .heldPerLive, head: "held", unit: "× live", form: .ratio,
      meaning: "Held bytes divided by live bytes."),
    FigureColumn(
      key: .virtualBlowUp, head: "blow-up", unit: "virtual", form: .ratio,
      meaning: "Aligned 2 MiB blocks of address space that hold live data, divided by the fewest "
        + "that could hold it: what huge pages under this heap would cost."),
    FigureColumn(
      key: .physicalBlowUp, head: "blow-up", unit: "physical", form: .ratio,
      meaning:
        "Aligned 2 MiB blocks of the machine with a frame in use, divided by the fewest that "
        + "could hold the live data: what the heap takes from everybody's huge pages."),
    FigureColumn(
      key: .unusableIndex(order: 9), head: "unusable", unit: "2 MiB", form: .index,
      meaning: "Unusable free space index at order 9: the share of free memory that lies in blocks "
        + "smaller than 2 MiB; 0 is best."),
    FigureColumn(
      key: .freeHugeBlocks, head: "2 MiB blocks", unit: "now", form: .count,
      meaning: "Free aligned 2 MiB blocks: what an allocation of a huge page could get at once."),
    FigureColumn(
      key: .idealHugeBlocks, head: "2 MiB blocks", unit: "ideal", form: .count,
      meaning: "Free memory divided by 2 MiB: what there would be without any fragmentation."),
    FigureColumn(
      key: .hugeShare, head: "2 MiB blocks", unit: "share", form: .percent,
      meaning: "Blocks now divided by the ideal."),
  ]

  /// The cell's text without its interval.
  func text(_ value: Double, decimals: Int) -> String {
    switch form {
    case .mebibytes: Quantity.number(value / 1_048_576, decimals: decimals)
    case .count: Quantity.number(value)
    case .ratio: Quantity.ratio(value)
    case .index: Quantity.index(value)
    case .percent: Quantity.percent(value)
    }
  }

  /// `± 12` in the same form; nil when it rounds to nothing or nothing is known of it.
  func interval(_ estimate: Estimate, decimals: Int) -> String? {
    guard let width = estimate.halfWidth else { return nil }
    let text =
      switch form {
      case .mebibytes: Quantity.number(width / 1_048_576, decimals: decimals)
      case .count: Quantity.number(width)
      case .ratio: Quantity.ratio(width)
      case .index: Quantity.index(width)
      case .percent: Quantity.number(width * 100, decimals: width < 0.0995 ? 1 : 0)
      }
    return text.allSatisfy { "0.,".contains($0) } ? nil : "±\u{a0}" + text
  }
}
