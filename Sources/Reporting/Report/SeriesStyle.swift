internal import Results

/// How a system is drawn everywhere: its colour says which one, the line's dash what kind of
/// evidence it is.
///
/// The hues are those of Okabe and Ito (Color Universal Design, 2008), which people with colour
/// vision deficiencies tell apart; for dark pages the same hues are lighter. Beyond eight systems
/// colours repeat, and the labels have to tell them apart.
struct SeriesStyle: Hashable, Sendable {
  /// On light paper, `#rrggbb`.
  var light: String
  /// On a dark page.
  var dark: String
  /// Lengths of dash and gap, px; empty for a solid line.
  var dash: [Int]

  /// - Parameter index: number of the system among those that are not `recorded`; what was recorded
  ///   is the grey that the others are seen against.
  init(index: Int, kind: SystemKind) {
    let hue = kind == .recorded ? Self.grey : Self.hues[index % Self.hues.count]
    light = hue.light
    dark = hue.dark
    switch kind {
    case .direct, .simulated: dash = []
    case .real: dash = [7, 3]
    case .recorded: dash = [2, 2]
    }
  }

  static let hues: [(light: String, dark: String)] = [
    ("#0072b2", "#4aa8e0"),  // blue
    ("#d55e00", "#f0843c"),  // vermillion
    ("#009e73", "#2fc59b"),  // bluish green
    ("#cc79a7", "#e39dc3"),  // reddish purple
    ("#e69f00", "#f2b632"),  // orange
    ("#56b4e9", "#86cdf5"),  // sky blue
    ("#7a6a00", "#d8cb45"),  // the palette's yellow, darkened to be seen on paper
    ("#882255", "#cf6f9c"),  // wine, for the palette's black, which would be lost on dark pages
  ]

  private static let grey = (light: "#555555", dark: "#b0b0b0")
}
