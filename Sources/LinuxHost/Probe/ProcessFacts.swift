import MemoryUnits

/// What /proc says of the process that asks.
struct ProcessFacts: Sendable {
  private let status: [Substring]
  private let limits: [Substring]
  private let maps: [Substring]

  init(_ host: any HostView) {
    func lines(_ path: String) -> [Substring] {
      (try? host.text(of: path))?.split(separator: "\n") ?? []
    }
    status = lines("/proc/self/status")
    limits = lines("/proc/self/limits")
    maps = lines("/proc/self/maps")
  }

  /// `Uid:  real effective saved file-system`
  var isRoot: Bool {
    let uid = status.first { $0.hasPrefix("Uid:") }
    return uid?.split { $0 == " " || $0 == "\t" }.dropFirst(2).first == "0"
  }

  /// Cores this process may run on: the length of `Cpus_allowed_list: 0-3,8`.
  var coreCount: Int? {
    guard let list = status.first(where: { $0.hasPrefix("Cpus_allowed_list:") }),
      let ranges = list.split(separator: "\t").last
    else { return nil }
    var count = 0
    for range in ranges.split(separator: ",") {
      let ends = range.split(separator: "-").compactMap { Int($0) }
      guard let first = ends.first, let last = ends.last, last >= first else { return nil }
      count += last - first + 1
    }
    return count
  }

  /// The soft limit of a row of /proc/self/limits; nil when unlimited or unknown.
  func limit(_ name: String) -> ByteCount? {
    let row = limits.first { $0.hasPrefix(name) }
    return row?.dropFirst(name.count).split(separator: " ").first
      .flatMap { Int($0) }.map { ByteCount($0) }
  }

  /// The number of a page that lies in memory: the highest of the stack, where the arguments are.
  var residentPage: UInt64 {
    let stack = maps.first { $0.hasSuffix("[stack]") }
    let end = stack?.prefix { $0 != " " }.split(separator: "-").last
    return (end.flatMap { UInt64($0, radix: 16) } ?? 1 << 12) / 4096 - 1
  }
}
