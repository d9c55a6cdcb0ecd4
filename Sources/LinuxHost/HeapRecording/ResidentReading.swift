internal import TraceFormats

/// The two figures of /proc/PID/smaps_rollup that a recording keeps.
enum ResidentReading {
  /// Nil when the text has no `Rss:` line. Sizes in the file are in KiB.
  static func parse(
    _ text: [UInt8], timeNs: UInt64, recorderBytes: UInt64
  ) -> ResidentSample? {
    var resident: UInt64?
    var huge: UInt64 = 0
    for line in text.split(separator: UInt8(ascii: "\n")) {
      let words = line.split(separator: UInt8(ascii: " "))
      guard words.count >= 2, let kibibytes = UInt64(String(decoding: words[1], as: UTF8.self)),
        kibibytes < 1 << 53
      else { continue }
      switch String(decoding: words[0], as: UTF8.self) {
      case "Rss:": resident = kibibytes * 1024
      case "AnonHugePages:": huge = kibibytes * 1024
      default: break
      }
    }
    guard let resident else { return nil }
    return ResidentSample(
      timeNs: timeNs, residentBytes: resident - min(resident, recorderBytes), anonHugeBytes: huge)
  }
}
