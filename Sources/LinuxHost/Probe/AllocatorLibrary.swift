/// A malloc library that can be preloaded, and where Debian and others put it.
package struct AllocatorLibrary: Hashable, Sendable {
  package let name: String
  /// File names, the preferred one first.
  package let files: [String]
  /// Debian's package.
  package let package: String

  package static let jemalloc = AllocatorLibrary(
    name: "jemalloc", files: ["libjemalloc.so.2"], package: "libjemalloc2")
  package static let mimalloc = AllocatorLibrary(
    name: "mimalloc", files: ["libmimalloc.so.2", "libmimalloc.so.2.0"], package: "libmimalloc2.0")
  package static let tcmalloc = AllocatorLibrary(
    name: "tcmalloc", files: ["libtcmalloc_minimal.so.4"], package: "libtcmalloc-minimal4")

  private static let folders = [
    "/usr/lib/x86_64-linux-gnu", "/usr/local/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib",
    "/usr/lib",
  ]

  /// Where it is installed; nil when it is in none of the usual folders.
  package func path(on host: some HostView) -> String? {
    for folder in Self.folders {
      for file in files where host.exists("\(folder)/\(file)") { return "\(folder)/\(file)" }
    }
    return nil
  }
}
