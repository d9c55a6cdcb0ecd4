import LinuxHost
import MemoryUnits

/// The memory of this host.
enum HostMemory {
  /// MemTotal of /proc/meminfo; 4 GiB where it cannot be read.
  static let bytes = LiveHost().memoryInfo("MemTotal")?.rawValue ?? 4 << 30
}
