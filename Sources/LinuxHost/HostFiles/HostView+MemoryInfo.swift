package import MemoryUnits

extension HostView {
  /// A row of /proc/meminfo, such as `MemTotal`; nil where it cannot be read.
  package func memoryInfo(_ key: String) -> ByteCount? {
    guard let text = try? text(of: "/proc/meminfo") else { return nil }
    for line in text.split(separator: "\n") where line.hasPrefix(key + ":") {
      // Numbers are kibibytes.
      let words = line.split(separator: " ")
      return words.count > 1 ? Int(words[1]).map { ByteCount($0 << 10) } : nil
    }
    return nil
  }
}
