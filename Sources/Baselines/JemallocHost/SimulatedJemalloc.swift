/// jemalloc 5.3 over a simulated machine: starts JemallocHost, one process for each repetition.
///
/// Equal requests give equal repetitions, byte for byte except `timing`, on every host with the same
/// build of framelab, glibc and jemalloc.
public struct SimulatedJemalloc: Sendable {
  /// opt.retain: whether jemalloc keeps address space that it does not use, its default on Linux.
  public let retain: Bool
  /// Further options in the form of MALLOC_CONF, `dirty_decay_ms:0,lg_extent_max_active_fit:3`.
  public let options: String
  /// Path of JemallocHost.
  public let executable: String

  /// jemalloc's narenas for every instance: four times the two CPUs of a small host, a constant, so
  /// that no host has a say in the result.
  public static let defaultArenas = 8

  public init(executable: String, retain: Bool = true, options: String = "") {
    self.retain = retain
    self.options = options
    self.executable = executable
  }

  /// What a reader has to know who compares this system with others.
  public var properties: [String] {
    [
      "jemalloc 5.3.0 itself, with retain:\(retain), serves every request; its extents come from a "
        + "simulated address space of 64 GiB per instance over 4 KiB frames of the machine that all "
        + "instances share, by the system calls that jemalloc makes on Linux. Page tables, kernel "
        + "stacks and what else the simulated kernel has for itself take frames, too.",
      "Time is the recording's: dirty pages decay by it, driven by allocations alone, as without "
        + "background threads.",
      "Every instance has up to \(Self.defaultArenas) arenas, taken by its threads in turn, one more "
        + "for objects of 8 MiB and more that purges at once, and for each recorded thread a tcache "
        + "that jemalloc fills and trims as it does in a process.",
      "Unlike a real process: jemalloc's own metadata and the program's stacks, code and static data "
        + "lie outside the machine, and hpa is off, as always with extent hooks.",
      "Every object above 14 KiB takes one page more than its size class and starts at a random "
        + "multiple of 64 bytes in its first page (cache_oblivious, which 5.3 cannot switch off).",
      "calloc writes objects up to 14 KiB as a whole, a realloc that moves writes what it copies, "
        + "and the touch model decides about everything else. What finds no frame counts as failed "
        + "and its bytes are not live; the run goes on.",
    ]
  }

  /// The options that decide a result, spelled out, so that no file or variable of the host's does.
  var configuration: String {
    let fixed =
      "retain:\(retain),background_thread:false,dirty_decay_ms:10000,muzzy_decay_ms:0,"
      + "oversize_threshold:8388608,lg_extent_max_active_fit:6,lg_tcache_max:15,junk:false,"
      + "zero:false,prof:false,abort_conf:true"
    return options.isEmpty ? fixed : "\(fixed),\(options)"
  }
}
