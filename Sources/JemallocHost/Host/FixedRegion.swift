internal import Glibc

/// Host address space at fixed places, reserved and never touched, so that addresses are the same in
/// every run.
enum FixedRegion {
  /// - Throws: when something else lies there.
  static func reserve(_ address: Int, bytes: Int) throws(HostError) {
    let wanted = unsafe UnsafeMutableRawPointer(bitPattern: address)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE
    let place = unsafe mmap(wanted, bytes, PROT_NONE, flags, -1, 0)
    guard unsafe place == wanted else {
      throw HostError(
        "the host has no \(bytes) bytes of address space at 0x\(String(address, radix: 16))")
    }
  }
}
