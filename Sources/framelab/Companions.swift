import LinuxHost

/// The files that belong to this executable and are programs or libraries of their own.
enum Companions {
  static let recorder = "libframelab-heap.so"
  static let heapDriver = "heap-driver"
  static let jemallocHost = "JemallocHost"
  static let vegaBundle = "vega-bundle.js"

  static func facilities(host: some HostView) -> [Facility] {
    [
      companion(recorder, "heap recorder", for: .measurement, "programs cannot be recorded"),
      companion(heapDriver, "heap driver", for: .run, "real allocators cannot be measured"),
      companion(jemallocHost, "jemalloc host", for: .run, "jemalloc cannot be simulated"),
      companion(
        vegaBundle, "vega bundle", for: .run, "report.html has no charts", "scripts/setup run"),
      chromium(host),
    ]
  }

  private static func companion(
    _ file: String, _ name: String, for need: Facility.Need, _ cost: String,
    _ remedy: String = "scripts/build"
  ) -> Facility {
    let path = Executable.companion(file)
    return Facility(
      name, path == nil ? .missing : .present, for: need,
      detail: path ?? "no \(file) beside the executable or in ../lib/framelab",
      cost: cost, remedy: remedy)
  }

  private static func chromium(_ host: some HostView) -> Facility {
    let path = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"]
      .first { host.exists($0) }
    return Facility(
      "chromium", path == nil ? .missing : .present, for: .tests, detail: path ?? "not in /usr/bin",
      cost: "the test that opens report.html is skipped", remedy: "scripts/setup test")
  }
}
