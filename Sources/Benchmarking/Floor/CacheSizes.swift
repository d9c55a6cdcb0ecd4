import LinuxHost
import MemoryUnits

/// Bytes of each level of the first processor's data caches, as the kernel reports them.
public struct CacheSizes: Codable, Hashable, Sendable {
  public var l1: Int
  public var l2: Int
  public var l3: Int

  package init(l1: Int, l2: Int, l3: Int) {
    self.l1 = l1
    self.l2 = l2
    self.l3 = l3
  }

  /// Of a host that does not tell, a small machine of 2015 is assumed.
  init(host: some HostView) {
    self.init(l1: 32 << 10, l2: 256 << 10, l3: 8 << 20)
    let folder = "/sys/devices/system/cpu/cpu0/cache"
    for name in host.names(in: folder) where name.hasPrefix("index") {
      guard let type = host.line(of: "\(folder)/\(name)/type"), type != "Instruction",
        let text = host.line(of: "\(folder)/\(name)/size"), let size = ByteCount(text)
      else { continue }
      switch host.line(of: "\(folder)/\(name)/level") {
      case "1": l1 = size.rawValue
      case "2": l2 = size.rawValue
      case "3": l3 = size.rawValue
      default: break
      }
    }
  }

  /// The share of uniformly random accesses to `footprint` bytes that each level serves, when the
  /// level holds as much of them as it can: what is not in the first level is in the second, ...
  package func shares(_ footprint: Double) -> (l2: Double, l3: Double, memory: Double) {
    func missing(_ size: Int) -> Double { max(0, 1 - Double(size) / max(footprint, 1)) }
    let (beyond1, beyond2, beyond3) = (missing(l1), missing(l2), missing(l3))
    return (beyond1 - beyond2, beyond2 - beyond3, beyond3)
  }
}
