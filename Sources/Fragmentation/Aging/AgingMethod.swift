/// How memory is aged on purpose: which of the 512 frames of a block of 2 MiB stay in use, or what they
/// go through. Each method is named after the work that published it.
public enum AgingMethod: String, CaseIterable, Sendable {
  /// One page in 512 stays, the last of its block: the fewest that spoil everything (K. Khlebnikov,
  /// transhuge-stress, Linux tools/testing/selftests, 2014).
  case transhugeStress = "transhuge-stress"
  /// Three quarters of each block are freed, the first quarter stays (N. Gupta, the test program of
  /// proactive compaction, Linux 5.9, 2020).
  case frag
  /// A random half stays (L. Wrenger and others, LLFree, USENIX ATC 2023).
  case randomHalf = "random-half"
  /// A random half stays as clean pages of files (Y. Kwon and others, Ingens, OSDI 2016, and
  /// A. Panwar and others, HawkEye, ASPLOS 2019, fill the page cache before they measure).
  case pageCache = "page-cache"
  /// Programs come and go as they were recorded (M. S. Johnstone and P. R. Wilson, ISMM 1998, judge
  /// allocators by recorded programs; K. A. Smith and M. I. Seltzer, File system aging, SIGMETRICS 1997,
  /// age by replaying). `ChurnReplay` carries it out.
  case recordedChurn = "recorded-churn"

  /// Those that say which frames of a block stay: what an `AgingPlan` can be made for.
  public static var planned: [AgingMethod] { allCases.filter { $0.keptPerBlock != nil } }

  /// Frames that stay in use in a block that the method spoils, 1...511; nil where that is as it comes.
  public var keptPerBlock: Int? {
    switch self {
    case .transhugeStress: 1
    case .frag: 128
    case .randomHalf, .pageCache: 256
    case .recordedChurn: nil
    }
  }

  /// Which of a block's pages stay.
  var placement: Placement {
    switch self {
    case .transhugeStress: .last
    case .frag: .first
    case .randomHalf, .pageCache, .recordedChurn: .random
    }
  }

  enum Placement {
    case first
    case last
    case random
  }
}
