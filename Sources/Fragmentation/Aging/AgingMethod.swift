/// How a block of 2 MiB is spoiled: which of its 512 frames stay in use when memory is aged on
/// purpose. Each method is named after the work that published it.
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

  /// Frames that stay in use in a block that the method spoils, 1...511.
  public var keptPerBlock: Int {
    switch self {
    case .transhugeStress: 1
    case .frag: 128
    case .randomHalf, .pageCache: 256
    }
  }

  /// Which of a block's pages stay.
  var placement: Placement {
    switch self {
    case .transhugeStress: .last
    case .frag: .first
    case .randomHalf, .pageCache: .random
    }
  }

  enum Placement {
    case first
    case last
    case random
  }
}
