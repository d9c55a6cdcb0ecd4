internal import VirtualMemory

/// Where the simulated address spaces lie in the host's: 64 GiB for each process, reserved and never
/// touched, from 16 TiB on.
enum ProcessLayout {
  static let firstAddress = 1 << 44
  static let bytes = 64 << 30
  /// Below the place where Linux loads executables.
  static let mostProcesses = 1024

  static func reserve(_ instance: Int) throws(HostError) -> PageRange {
    let address = firstAddress + instance * bytes
    try FixedRegion.reserve(address, bytes: bytes)
    return PageRange(address: address, bytes: bytes)
  }
}
