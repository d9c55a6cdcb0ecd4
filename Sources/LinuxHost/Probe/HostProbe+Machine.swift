import MemoryUnits

/// The machine: kernel, cores, memory, and the limits of this process.
extension HostProbe {
  /// Parts of the quickstart experiment run beside each other; below this they wait or swap.
  static let comfortableMemory = ByteCount(4 << 30)
  /// The decoded recording and the samples of a run while it works.
  static let comfortableSpace = ByteCount(1 << 30)

  var kernel: Facility {
    let version = host.line(of: "/proc/sys/kernel/osrelease")
    return Facility(
      "kernel", version == nil ? .missing : .present, for: .run,
      detail: version.map { "Linux \($0)" } ?? "/proc is not mounted",
      cost: "no measurement of a process works",
      remedy: "mount -t proc proc /proc")
  }

  var cores: Facility {
    let allowed = process.coreCount.map { "\($0)" } ?? "unknown, /proc/self/status names none"
    return Facility("cores", .present, for: .run, detail: allowed)
  }

  var memory: Facility {
    let total = host.memoryInfo("MemTotal")
    guard let available = host.memoryInfo("MemAvailable") else {
      return Facility(
        "memory", .partial, for: .measurement, detail: "/proc/meminfo names none available",
        cost: "whether a run fits is not known before it starts", remedy: "Linux 3.14 or later")
    }
    let detail = "\(available.rounded) available" + (total.map { " of \($0.rounded)" } ?? "")
    return Facility(
      "memory", available >= Self.comfortableMemory ? .present : .partial, for: .measurement,
      detail: detail,
      cost: "below \(Self.comfortableMemory.rounded) real allocators may run into swap, which "
        + "shows as less resident memory",
      remedy: "end other programs, or give an experiment fewer instances")
  }

  /// Strict accounting counts a reservation of address space as if it were memory.
  var overcommit: Facility {
    let mode = host.number(of: "/proc/sys/vm/overcommit_memory")
    return Facility(
      "overcommit", mode == 2 ? .missing : .present, for: .run,
      detail: "vm.overcommit_memory = \(mode.map { "\($0)" } ?? "unknown")",
      cost: "the sparse array of page descriptors and the simulated memory cannot be reserved",
      remedy: "sysctl vm.overcommit_memory=0")
  }

  var addressSpace: Facility {
    guard let limit = process.limit("Max address space") else {
      return Facility("address space", .present, for: .run, detail: "no limit")
    }
    return Facility(
      "address space", .partial, for: .run, detail: "limited to \(limit.rounded)",
      cost: "a simulated machine must fit in it, and jemalloc's simulated region with it",
      remedy: "ulimit -v unlimited")
  }

  var temporarySpace: Facility {
    let free = host.freeBytes(at: "/tmp")
    let isEnough = (free ?? ByteCount(0)) >= Self.comfortableSpace
    return Facility(
      "space in /tmp", isEnough ? .present : .partial, for: .measurement,
      detail: free.map { "\($0.rounded) free" } ?? "no /tmp",
      cost: "decoded recordings may not fit; a run then ends and says so",
      remedy: "free space in /tmp, or set TMPDIR to a roomier folder")
  }

  var lockedMemory: Facility {
    guard let limit = process.limit("Max locked memory") else {
      return Facility("locked memory", .present, for: .measurement, detail: "no limit")
    }
    let isEnough = limit >= ByteCount(64 << 20) || process.isRoot
    return Facility(
      "locked memory", isEnough ? .present : .partial, for: .measurement,
      detail: "limited to \(limit)" + (process.isRoot ? ", which root may exceed" : ""),
      cost: "the buffers of a recorder of kernel events cannot be kept from being swapped",
      remedy: "ulimit -l unlimited, or LimitMEMLOCK= in a systemd unit")
  }
}
