/// The real allocators that a run can preload.
extension HostProbe {
  private static let folders = [
    "/usr/lib/x86_64-linux-gnu", "/usr/local/lib/x86_64-linux-gnu", "/usr/lib64", "/usr/local/lib",
    "/usr/lib",
  ]
  private static let libraries: [(name: String, files: [String], package: String)] = [
    ("jemalloc", ["libjemalloc.so.2"], "libjemalloc2"),
    ("mimalloc", ["libmimalloc.so.2", "libmimalloc.so.2.0"], "libmimalloc2.0"),
    ("tcmalloc", ["libtcmalloc_minimal.so.4"], "libtcmalloc-minimal4"),
  ]

  var allocators: [Facility] {
    Self.libraries.map { library in
      let path = Self.folders.lazy
        .flatMap { folder in library.files.map { "\(folder)/\($0)" } }
        .first { host.exists($0) }
      return Facility(
        library.name, path == nil ? .missing : .present, for: .measurement,
        detail: path ?? "no \(library.files[0])",
        cost: "runs leave the real \(library.name) out",
        remedy: "apt-get install \(library.package)")
    }
  }
}
