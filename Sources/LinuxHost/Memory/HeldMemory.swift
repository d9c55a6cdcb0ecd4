internal import Glibc
package import MemoryUnits

/// Anonymous memory of this process, page by page: taken, given back, locked.
///
/// Pages are 4 KiB each: huge pages are refused for it, because a part of a huge page that is given
/// back stays in use until the kernel splits it.
@safe
package final class HeldMemory {
  package let pageCount: Int
  private let start: UnsafeMutableRawPointer
  private let bytes: Int

  /// Reserves addresses; no page is taken yet.
  package init(_ size: ByteCount) throws(HostError) {
    pageCount = size.rawValue >> 12
    bytes = pageCount << 12
    // SAFETY: a new mapping of this object's own; the advice only names it.
    guard
      let start = unsafe mmap(
        nil, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0),
      unsafe start != MAP_FAILED
    else { throw HostError(.lacksFacility, "no address space for \(size)") }
    unsafe madvise(start, bytes, MADV_NOHUGEPAGE)
    unsafe self.start = start
  }

  // SAFETY: nobody has an address within it.
  deinit { unsafe munmap(start, bytes) }

  /// Lets the kernel kill this process before any other when memory is short.
  package static func volunteer() {
    // SAFETY: C strings for the duration of the calls.
    let file = unsafe open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC)
    guard file >= 0 else { return }
    _ = unsafe write(file, "1000", 4)
    close(file)
  }

  /// Writes to every page, so that each has a frame of its own.
  package func touch() {
    // SAFETY: within the mapping.
    for page in 0..<pageCount {
      unsafe start.storeBytes(of: 1, toByteOffset: page << 12, as: UInt8.self)
    }
  }

  /// Gives pages back to the host.
  package func release(_ pages: Range<Int>) {
    precondition(pages.lowerBound >= 0 && pages.upperBound <= pageCount, "pages beyond the end")
    // SAFETY: within the mapping, checked above.
    unsafe madvise(start + pages.lowerBound << 12, pages.count << 12, MADV_DONTNEED)
  }

  /// Locks pages in memory; false when the host does not permit it, by RLIMIT_MEMLOCK or because
  /// there are too many areas (vm.max_map_count).
  package func lock(_ pages: Range<Int>) -> Bool {
    precondition(pages.lowerBound >= 0 && pages.upperBound <= pageCount, "pages beyond the end")
    // SAFETY: within the mapping, checked above.
    return unsafe mlock(start + pages.lowerBound << 12, pages.count << 12) == 0
  }

  /// The frame of every page, from /proc/self/pagemap; nil where the host does not tell (without
  /// CAP_SYS_ADMIN all are 0), or one of the pages has none.
  package func frames() -> [UInt64]? {
    let offset = (unsafe UInt64(UInt(bitPattern: start)) >> 12) * 8
    guard
      let bytes = try? LiveHost().bytes(
        of: "/proc/self/pagemap", from: offset, count: pageCount << 3),
      bytes.count == pageCount << 3
    else { return nil }
    // Bit 63 says that the page is present.
    let frames = KernelWords(bytes).map { $0 >> 63 == 1 ? $0 & Self.frameBits : 0 }
    return frames.contains(0) ? nil : frames
  }

  /// Bits 0...54 of a word of pagemap.
  private static var frameBits: UInt64 { (1 << 55) - 1 }
}
