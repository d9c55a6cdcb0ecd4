import MemoryUnits

/// Huge pages of the host, which the real allocators of a run live on.
extension HostProbe {
  private static let pools = "/sys/kernel/mm/hugepages"
  private static let transparent = "/sys/kernel/mm/transparent_hugepage"

  /// Pools per size: `2MiB: 0 of 0 free, 1GiB: 1 of 2 free`.
  var hugePagePools: Facility {
    let pools = host.names(in: Self.pools).compactMap { name -> (size: Int, text: String)? in
      guard let kibibytes = Int(name.dropFirst("hugepages-".count).dropLast("kB".count)),
        let total = host.number(of: "\(Self.pools)/\(name)/nr_hugepages"),
        let free = host.number(of: "\(Self.pools)/\(name)/free_hugepages")
      else { return nil }
      let size = ByteCount(kibibytes << 10)
      return (size.rawValue, "\(size): \(free) of \(total) free")
    }
    let detail = pools.sorted { $0.size < $1.size }.map(\.text).joined(separator: ", ")
    return Facility(
      "huge page pools", pools.isEmpty ? .missing : .present, for: .measurement,
      detail: pools.isEmpty ? "the kernel does not offer \(Self.pools)" : detail,
      cost: "explicit huge pages cannot be had on this host",
      remedy: "a kernel with CONFIG_HUGETLBFS")
  }

  /// The chosen word of `always [madvise] never`.
  private func chosen(_ file: String) -> String? {
    host.line(of: "\(Self.transparent)/\(file)")?
      .split(separator: " ").first { $0.hasPrefix("[") }
      .map { String($0.dropFirst().dropLast()) }
  }

  var transparentHugePages: Facility {
    let cost = "no allocator gets huge pages here, so AnonHugePages of real systems stay zero"
    guard let enabled = chosen("enabled") else {
      return Facility(
        "transparent huge pages", .missing, for: .measurement,
        detail: "the kernel does not offer \(Self.transparent)", cost: cost,
        remedy: "a kernel with CONFIG_TRANSPARENT_HUGEPAGE")
    }
    let defrag = chosen("defrag").map { ", defrag \($0)" } ?? ""
    return Facility(
      "transparent huge pages", enabled == "never" ? .missing : .present, for: .measurement,
      detail: "\(enabled)\(defrag)", cost: cost,
      remedy: "echo madvise > \(Self.transparent)/enabled")
  }
}
