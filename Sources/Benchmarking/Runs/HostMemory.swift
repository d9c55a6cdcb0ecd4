import LinuxHost

/// The memory of this host.
enum HostMemory {
  /// MemTotal of /proc/meminfo; 4 GiB where it cannot be read.
  static let bytes: Int = {
    let text = (try? LiveHost().text(of: "/proc/meminfo")) ?? ""
    let line = text.split(separator: "\n").first { $0.hasPrefix("MemTotal:") }
    let kib = line?.split(separator: " ").dropFirst().first.flatMap { Int($0) }
    return (kib ?? 4 << 20) << 10
  }()
}
