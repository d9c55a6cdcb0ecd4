/// /proc/buddyinfo: the free blocks of every zone by order.
package struct BuddyInfo: Hashable, Sendable {
  package struct Zone: Hashable, Sendable {
    package var node: Int
    package var name: String
    /// `blocks[k]` free blocks of 2^k frames.
    package var blocks: [UInt64]
  }

  package var zones: [Zone]

  /// Nil where a line is not as kernels write it: `Node 0, zone   Normal   4 3 ...`.
  package init?(_ text: some StringProtocol) {
    zones = []
    for line in text.split(separator: "\n") {
      let words = line.split { $0 == " " || $0 == "," }
      guard words.count >= 5, words[0] == "Node", let node = Int(words[1]), words[2] == "zone"
      else { return nil }
      let blocks = words[4...].compactMap { UInt64($0) }
      guard blocks.count == words.count - 4 else { return nil }
      zones.append(Zone(node: node, name: String(words[3]), blocks: blocks))
    }
    guard !zones.isEmpty else { return nil }
  }

  /// The host's, now.
  package init(of host: some HostView) throws {
    let path = "/proc/buddyinfo"
    let text = try host.text(of: path)
    guard let info = BuddyInfo(text) else {
      throw HostError(.lacksFacility, "\(path) is not as Linux writes it")
    }
    self = info
  }

  /// The free blocks of all zones together.
  package var blocks: [UInt64] {
    var sum = [UInt64](repeating: 0, count: zones.map(\.blocks.count).max() ?? 0)
    for zone in zones {
      for (order, count) in zone.blocks.enumerated() { sum[order] += count }
    }
    return sum
  }
}
