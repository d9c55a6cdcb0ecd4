import Glibc
import LinuxHost
import MemoryUnits

/// A host made of files: what is not named is not there.
struct FakeHost: HostView {
  var files: [String: [UInt8]] = [:]
  var denied: Set<String> = []
  var free: [String: ByteCount] = ["/tmp": ByteCount(8 << 30)]

  func bytes(
    of path: String, from offset: UInt64, count: Int
  ) throws(HostFileError) -> [UInt8] {
    if denied.contains(path) { throw HostFileError(path: path, code: EACCES) }
    guard let file = files[path] else { throw HostFileError(path: path, code: ENOENT) }
    return Array(file.dropFirst(Int(offset)).prefix(count))
  }

  func exists(_ path: String) -> Bool { files[path] != nil }

  func names(in folder: String) -> [String] {
    let inside = files.keys.filter { $0.hasPrefix(folder + "/") }
    return Set(inside.compactMap { $0.dropFirst(folder.count + 1).split(separator: "/").first })
      .map { String($0) }.sorted()
  }

  func freeBytes(at path: String) -> ByteCount? { free[path] }

  mutating func set(_ path: String, _ text: String) { files[path] = Array(text.utf8) }
}

extension FakeHost {
  /// A host on which nothing is missing.
  static var generous: FakeHost {
    var host = FakeHost()
    host.set("/proc/sys/kernel/osrelease", "6.18.44\n")
    host.set("/proc/self/status", "Name:\tx\nUid:\t0\t0\t0\t0\nCpus_allowed_list:\t0-1,8\n")
    host.set("/proc/self/limits", "Max address space         unlimited            unlimited\n")
    host.set("/proc/meminfo", "MemTotal:  24600000 kB\nMemAvailable:  24000000 kB\n")
    host.set("/proc/sys/vm/overcommit_memory", "0\n")
    host.files["/proc/kpageflags"] = [UInt8](repeating: 0, count: 64)
    // The stack ends at page 2; the pagemap says that page 1 lies in frame 0x1234.
    host.set("/proc/self/maps", "00000000-00002000 rw-p 00000000 00:00 0          [stack]\n")
    host.files["/proc/self/pagemap"] =
      [UInt8](repeating: 0, count: 8) + [0x34, 0x12, 0, 0, 0, 0, 0, 0x81]
    host.set("/sys/kernel/debug/extfrag/unusable_index", "Node 0, zone Normal 0.000\n")
    host.set("/sys/kernel/tracing/events/kmem/mm_page_alloc/format", "name: mm_page_alloc\n")
    for (pool, total, free) in [(2048, 0, 0), (1_048_576, 2, 1)] {
      let folder = "/sys/kernel/mm/hugepages/hugepages-\(pool)kB"
      host.set("\(folder)/nr_hugepages", "\(total)\n")
      host.set("\(folder)/free_hugepages", "\(free)\n")
    }
    host.set("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never\n")
    host.set("/sys/kernel/mm/transparent_hugepage/defrag", "always defer [madvise] never\n")
    for library in ["libjemalloc.so.2", "libmimalloc.so.2", "libtcmalloc_minimal.so.4"] {
      host.set("/usr/lib/x86_64-linux-gnu/\(library)", "")
    }
    return host
  }
}
