package import LinuxHost

extension RealAllocatorSystem {
  /// What explains a result and is not visible in it, one sentence each.
  ///
  /// - Parameter instances: of the schedule that the result is for.
  public func properties(instances: Int) -> [String] {
    properties(instances: instances, host: LiveHost())
  }

  package func properties(instances: Int, host: some HostView) -> [String] {
    var sentences = [
      "Measured on this host in a process of its own: \(allocator.identity) \(version)"
        + (environment.isEmpty ? "." : ", with \(settings)."),
      "One thread per recorded thread works in the recorded order and ends after its last event; "
        + "the allocator sees the recording's clock.",
      "Held bytes are the resident bytes of private mappings without a file, that is without code, "
        + "data and stack of the program and without the driver's own tables. 2 MiB blocks are "
        + "virtual.",
    ]
    if instances > 1 {
      sentences.append(
        "One process was measured; the \(instances) instances are the sum of what it held at each "
          + "instance's place in the recording, from at most "
          + "\(RealAllocatorRecording.samplesPerPass) samples of one pass.")
    }
    if let mode = host.line(of: "/sys/kernel/mm/transparent_hugepage/enabled") {
      sentences.append("Transparent huge pages of this host: \(mode).")
    }
    if !options.isEmpty {
      let values = options.keys.sorted().map { "\($0)=\(Int(options[$0] ?? 0))" }
      sentences.append("Settings as the allocator reports them: \(values.joined(separator: " ")).")
    }
    return sentences + ownProperties
  }

  private var settings: String {
    environment.keys.sorted().map { "\($0)=\(environment[$0] ?? "")" }.joined(separator: " ")
  }

  /// What is known of this allocator.
  private var ownProperties: [String] {
    var sentences: [String] = []
    if allocator.identity == "jemalloc" {
      if version.hasPrefix("5.3") {
        sentences.append(
          "jemalloc 5.3 cannot switch cache_oblivious off: every large object carries one more page "
            + "at a random offset, so 2 MiB take 2052 KiB and spoil a second 2 MiB block.")
      }
      sentences.append(
        "Without background threads jemalloc purges only when it is called: after the last event "
          + "nothing is given back.")
    }
    if allocator == .jemallocHPA {
      sentences.append(
        "The huge page allocator (off by default) asks for huge pages by madvise once a block has been "
          + "well filled for opt.hpa_hugify_delay_ms of the recording's time; whether it got them "
          + "shows in AnonHugePages.")
    }
    return sentences
  }
}
