internal import Glibc

/// Host address space at fixed places, so that addresses are the same in every run.
enum FixedRegion {
  /// - Throws: when something else lies there.
  @discardableResult
  static func map(
    _ address: Int, bytes: Int, protection: Int32
  ) throws(HostError) -> UnsafeMutableRawPointer {
    let wanted = unsafe UnsafeMutableRawPointer(bitPattern: address)
    let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE
    let place = unsafe mmap(wanted, bytes, protection, flags, -1, 0)
    guard let place = unsafe place, unsafe place == wanted else {
      throw HostError(
        "the host has no \(bytes) bytes of address space at 0x\(String(address, radix: 16))")
    }
    return unsafe place
  }
}
