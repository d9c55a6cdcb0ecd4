/// The real allocators that a run can preload.
extension HostProbe {
  private static let libraries: [AllocatorLibrary] = [.jemalloc, .mimalloc, .tcmalloc]

  var allocators: [Facility] {
    Self.libraries.map { library in
      let path = library.path(on: host)
      return Facility(
        library.name, path == nil ? .missing : .present, for: .measurement,
        detail: path ?? "no \(library.files[0])",
        cost: "runs leave the real \(library.name) out",
        remedy: "apt-get install \(library.package)")
    }
  }
}
