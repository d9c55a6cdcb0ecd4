/// A stream of addresses through the simulated TLBs of zen4.
public enum TranslationPattern: String, CaseIterable, Codable, Sendable {
  case page, cyclic, second, uniform, skewed, worst

  public var summary: String {
    switch self {
    case .page: "one page, 8 bytes further each time: every access hits the first level"
    case .cyclic: "64 pages in turn: every access hits the first level"
    case .second: "2048 pages in turn: every access misses the first level and hits the second"
    case .uniform: "uniform over 64 MiB, a quarter of them writes"
    case .skewed: "over 1 GiB at u^4, u uniform: few pages are hot; a quarter writes"
    case .worst: "65,536 pages in turn: every access misses every TLB and walks"
    }
  }

  /// 4 KiB pages that are mapped and touched.
  public var pages: Int {
    switch self {
    case .page: 1
    case .cyclic: 64
    case .second: 2048
    case .uniform: 16384
    case .skewed: 262_144
    case .worst: 65536
    }
  }

  /// What the project asks for, in million accesses per second.
  public var target: Double? {
    switch self {
    case .page, .cyclic: 500
    case .uniform: 50
    case .skewed: 40
    case .second, .worst: nil
    }
  }
}
